#include "cli/embedded.h"

#include "assets.h"

guint
embedded_count (void)
{
    return ui_n_assets;
}

ApiAsset *
embedded_page (void)
{
    ApiAsset *assets = g_new0 (ApiAsset, ui_n_assets);

    for (guint i = 0; i < ui_n_assets; i++)
        assets[i] = (ApiAsset){
            .path = ui_assets[i].path,
            .type = ui_assets[i].type,
            .gzip_etag = ui_assets[i].gzip_etag,
            .etag = ui_assets[i].etag,
            .gzip = ui_assets[i].gzip,
            .gzip_size = ui_assets[i].gzip_size,
            .plain = ui_assets[i].plain,
            .plain_size = ui_assets[i].plain_size,
            .immutable = ui_assets[i].immutable,
        };
    return assets;
}
