#include "insights/bullets.h"

#include <math.h>
#include <string.h>

const char *
group_name (Group group)
{
    static const char *const names[N_GROUPS] = {
        [GROUP_CROSS_CHANNEL] = "Cross-channel",
        [GROUP_ADS] = "Ads",
        [GROUP_TRAFFIC] = "Traffic",
        [GROUP_CONTENT] = "Content",
        [GROUP_QUALITY] = "Data quality",
    };

    return names[group];
}

static void
bullet_free (gpointer data)
{
    Bullet *bullet = data;

    g_string_free (bullet->text, TRUE);
    g_ptr_array_unref (bullet->facts);
    g_free (bullet);
}

GPtrArray *
bullets_new (void)
{
    return g_ptr_array_new_with_free_func (bullet_free);
}

Bullet *
bullet_add (GPtrArray *bullets, Group group, double weight)
{
    Bullet *bullet = g_new0 (Bullet, 1);

    *bullet = (Bullet){ group, weight, g_string_new (NULL), g_ptr_array_new () };
    g_ptr_array_add (bullets, bullet);
    return bullet;
}

/* ---- slots ---- */

void
bullet_cite (Bullet *bullet, Fact *fact)
{
    if (!g_ptr_array_find (bullet->facts, fact, NULL))
        g_ptr_array_add (bullet->facts, fact);
}

static void
add_signed (GString *text, const Fact *fact)
{
    if (fact->figure.value > 0 && !prose_is_zero (&fact->figure))
        g_string_append_c (text, '+');
    prose_figure (text, &fact->figure);
}

/* One of three ways to say it, by its direction. */
static void
add_moved (GString *text, const Fact *fact, const char *up, const char *down, const char *level)
{
    int direction = fact_direction (fact);

    if (!direction) {
        g_string_append (text, level);
        return;
    }
    g_string_append (text, direction > 0 ? up : down);
    prose_size (text, &fact->figure);
}

static void
add_more (GString *text, const Fact *fact)
{
    int direction = fact_direction (fact);

    if (!direction) {
        g_string_append (text, "as much");
        return;
    }
    prose_size (text, &fact->figure);
    g_string_append (text, direction > 0 ? " more" : " less");
}

/* "|session|sessions": the word for one stands first. */
static void
add_counted (GString *text, const Fact *fact, const char *words)
{
    g_auto (GStrv) both = g_strsplit (words + 1, "|", 2);
    gsize from = text->len;

    prose_figure (text, &fact->figure);
    g_string_append_printf (text, " %s", strcmp (text->str + from, "1") == 0 ? both[0] : both[1]);
}

static void
fill (GString *text, const char *slot, const Fact *fact)
{
    if (!*slot)
        prose_figure (text, &fact->figure);
    else if (*slot == '|')
        add_counted (text, fact, slot);
    else if (g_str_equal (slot, "size"))
        prose_size (text, &fact->figure);
    else if (g_str_equal (slot, "signed"))
        add_signed (text, fact);
    else if (g_str_equal (slot, "moved"))
        add_moved (text, fact, "up ", "down ", "unchanged");
    else if (g_str_equal (slot, "rose"))
        add_moved (text, fact, "rose ", "fell ", "did not change");
    else if (g_str_equal (slot, "more"))
        add_more (text, fact);
    else if (g_str_equal (slot, "name"))
        prose_name (text, fact->entity);
    else if (g_str_equal (slot, "day"))
        prose_day (text, fact->window.from);
    else if (g_str_equal (slot, "window"))
        prose_window (text, fact->window);
    else if (g_str_equal (slot, "during"))
        prose_during (text, fact->window);
    else if (g_str_equal (slot, "before"))
        prose_window (text, fact->before);
    else
        g_assert_not_reached ();
}

static void
add (Bullet *bullet, const char *template, va_list args)
{
    while (*template) {
        gsize plain = strcspn (template, "{");
        g_autofree char *slot = NULL;

        g_string_append_len (bullet->text, template, (gssize)plain);
        template += plain;
        if (!*template)
            break;
        slot = g_strndup (template + 1, strcspn (template, "}") - 1);
        template += strlen (slot) + 2;
        if (g_str_equal (slot, "text")) {
            g_string_append (bullet->text, va_arg (args, const char *));
        } else {
            Fact *fact = va_arg (args, Fact *);

            fill (bullet->text, slot, fact);
            bullet_cite (bullet, fact);
        }
    }
}

void
bullet_say (Bullet *bullet, const char *template, ...)
{
    va_list args;

    if (bullet->text->len)
        g_string_append_c (bullet->text, ' ');
    va_start (args, template);
    add (bullet, template, args);
    va_end (args);
}

void
bullet_go_on (Bullet *bullet, const char *template, ...)
{
    va_list args;

    va_start (args, template);
    add (bullet, template, args);
    va_end (args);
}

/* ---- writing ---- */

/* Heaviest first; equals in the order they came. */
static GPtrArray *
chosen (const GPtrArray *bullets, Group group, guint most)
{
    GPtrArray *list = g_ptr_array_new ();

    for (guint i = 0; i < bullets->len; i++) {
        Bullet *bullet = bullets->pdata[i];
        guint at = list->len;

        if (bullet->group != group)
            continue;
        while (at && ((Bullet *)list->pdata[at - 1])->weight < bullet->weight)
            at--;
        g_ptr_array_insert (list, (int)at, bullet);
    }
    if (list->len > most)
        g_ptr_array_set_size (list, (int)most);
    return list;
}

static void
write_ids (const Bullet *bullet, Json *json)
{
    json_begin_array (json);
    for (guint i = 0; i < bullet->facts->len; i++)
        json_text (json, ((Fact *)bullet->facts->pdata[i])->id);
    json_end_array (json);
}

static void
write_group (const GPtrArray *list, Group group, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "group", group_name (group));
    json_key (json, "bullets");
    json_begin_array (json);
    for (guint i = 0; i < list->len; i++)
        json_text (json, ((Bullet *)list->pdata[i])->text->str);
    json_end_array (json);
    json_key (json, "evidence");
    json_begin_array (json);
    for (guint i = 0; i < list->len; i++)
        write_ids (list->pdata[i], json);
    json_end_array (json);
    json_end_object (json);
}

void
bullets_write (const GPtrArray *bullets, guint most, Json *json)
{
    json_begin_array (json);
    for (Group group = 0; group < N_GROUPS; group++) {
        g_autoptr (GPtrArray) list = chosen (bullets, group, most);

        if (list->len)
            write_group (list, group, json);
    }
    json_end_array (json);
}
