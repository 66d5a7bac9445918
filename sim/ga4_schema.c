#include "ga4_schema.h"

#define DATA "google.analytics.data.v1beta."

static const ProtoMessage filter_expression;

static const ProtoMessage dimension = { DATA "Dimension",
                                        (const ProtoField[]){ { "name", PROTO_STRING }, { NULL } } };
static const ProtoMessage metric = { DATA "Metric", (const ProtoField[]){ { "name", PROTO_STRING },
                                                                          { "expression", PROTO_STRING },
                                                                          { "invisible", PROTO_BOOL },
                                                                          { NULL } } };
static const ProtoMessage date_range = { DATA "DateRange",
                                         (const ProtoField[]){ { "startDate", PROTO_STRING },
                                                               { "endDate", PROTO_STRING },
                                                               { "name", PROTO_STRING },
                                                               { NULL } } };
static const ProtoMessage string_filter = {
    DATA "Filter.StringFilter",
    (const ProtoField[]){
        { "matchType", PROTO_ENUM,
          .values =
              "MATCH_TYPE_UNSPECIFIED|EXACT|BEGINS_WITH|ENDS_WITH|CONTAINS|FULL_REGEXP|PARTIAL_REGEXP" },
        { "value", PROTO_STRING },
        { "caseSensitive", PROTO_BOOL },
        { NULL } }
};
static const ProtoMessage in_list_filter = {
    DATA "Filter.InListFilter", (const ProtoField[]){ { "values", PROTO_STRING, .repeated = TRUE },
                                                      { "caseSensitive", PROTO_BOOL },
                                                      { NULL } }
};
static const ProtoMessage number = {
    DATA "NumericValue",
    (const ProtoField[]){ { "int64Value", PROTO_INT64 }, { "doubleValue", PROTO_DOUBLE }, { NULL } }
};
static const ProtoMessage numeric_filter = {
    DATA "Filter.NumericFilter",
    (const ProtoField[]){ { "operation", PROTO_ENUM,
                            .values = "OPERATION_UNSPECIFIED|EQUAL|LESS_THAN|LESS_THAN_OR_EQUAL|GREATER_THAN|"
                                      "GREATER_THAN_OR_EQUAL" },
                          { "value", PROTO_MESSAGE, .message = &number },
                          { NULL } }
};
static const ProtoMessage between_filter = {
    DATA "Filter.BetweenFilter", (const ProtoField[]){ { "fromValue", PROTO_MESSAGE, .message = &number },
                                                       { "toValue", PROTO_MESSAGE, .message = &number },
                                                       { NULL } }
};
static const ProtoMessage filter = {
    DATA "Filter", (const ProtoField[]){ { "fieldName", PROTO_STRING },
                                         { "stringFilter", PROTO_MESSAGE, .message = &string_filter },
                                         { "inListFilter", PROTO_MESSAGE, .message = &in_list_filter },
                                         { "numericFilter", PROTO_MESSAGE, .message = &numeric_filter },
                                         { "betweenFilter", PROTO_MESSAGE, .message = &between_filter },
                                         { NULL } }
};
static const ProtoMessage filter_list = {
    DATA "FilterExpressionList",
    (const ProtoField[]){ { "expressions", PROTO_MESSAGE, .repeated = TRUE, .message = &filter_expression },
                          { NULL } }
};
static const ProtoMessage filter_expression = {
    DATA "FilterExpression",
    (const ProtoField[]){ { "andGroup", PROTO_MESSAGE, .message = &filter_list },
                          { "orGroup", PROTO_MESSAGE, .message = &filter_list },
                          { "notExpression", PROTO_MESSAGE, .message = &filter_expression },
                          { "filter", PROTO_MESSAGE, .message = &filter },
                          { NULL } }
};
static const ProtoMessage metric_order = { DATA "OrderBy.MetricOrderBy",
                                           (const ProtoField[]){ { "metricName", PROTO_STRING }, { NULL } } };
static const ProtoMessage dimension_order = {
    DATA "OrderBy.DimensionOrderBy",
    (const ProtoField[]){
        { "dimensionName", PROTO_STRING },
        { "orderType", PROTO_ENUM,
          .values = "ORDER_TYPE_UNSPECIFIED|ALPHANUMERIC|CASE_INSENSITIVE_ALPHANUMERIC|NUMERIC" },
        { NULL } }
};
static const ProtoMessage order_by = {
    DATA "OrderBy", (const ProtoField[]){ { "metric", PROTO_MESSAGE, .message = &metric_order },
                                          { "dimension", PROTO_MESSAGE, .message = &dimension_order },
                                          { "desc", PROTO_BOOL },
                                          { NULL } }
};

const ProtoMessage ga4_run_report = {
    DATA "RunReportRequest",
    (const ProtoField[]){ { "property", PROTO_STRING },
                          { "dimensions", PROTO_MESSAGE, .repeated = TRUE, .message = &dimension },
                          { "metrics", PROTO_MESSAGE, .repeated = TRUE, .message = &metric },
                          { "dateRanges", PROTO_MESSAGE, .repeated = TRUE, .message = &date_range },
                          { "dimensionFilter", PROTO_MESSAGE, .message = &filter_expression },
                          { "metricFilter", PROTO_MESSAGE, .message = &filter_expression },
                          { "offset", PROTO_INT64 },
                          { "limit", PROTO_INT64 },
                          { "metricAggregations", PROTO_ENUM, .repeated = TRUE,
                            .values = "METRIC_AGGREGATION_UNSPECIFIED|TOTAL|MINIMUM|MAXIMUM|COUNT" },
                          { "orderBys", PROTO_MESSAGE, .repeated = TRUE, .message = &order_by },
                          { "currencyCode", PROTO_STRING },
                          { "keepEmptyRows", PROTO_BOOL },
                          { "returnPropertyQuota", PROTO_BOOL },
                          { NULL } }
};

const ProtoMessage ga4_batch_run_reports = {
    DATA "BatchRunReportsRequest",
    (const ProtoField[]){ { "property", PROTO_STRING },
                          { "requests", PROTO_MESSAGE, .repeated = TRUE, .message = &ga4_run_report },
                          { NULL } }
};

const ProtoMessage ga4_check_compatibility = {
    DATA "CheckCompatibilityRequest",
    (const ProtoField[]){
        { "property", PROTO_STRING },
        { "dimensions", PROTO_MESSAGE, .repeated = TRUE, .message = &dimension },
        { "metrics", PROTO_MESSAGE, .repeated = TRUE, .message = &metric },
        { "dimensionFilter", PROTO_MESSAGE, .message = &filter_expression },
        { "metricFilter", PROTO_MESSAGE, .message = &filter_expression },
        { "compatibilityFilter", PROTO_ENUM, .values = "COMPATIBILITY_UNSPECIFIED|COMPATIBLE|INCOMPATIBLE" },
        { NULL } }
};
