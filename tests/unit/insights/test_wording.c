/* What is asked of a model, and sentences that are believed or not, one by one. */
#include "base/fault.h"
#include "claims.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- one world that is known by heart --------------------------------------------------------- */

static void
set (World *world, const char *metric, guint n, double value)
{
    for (guint i = 0; i < world->facts->len; i++) {
        Fact *fact = world->facts->pdata[i];

        if (g_str_equal (fact->metric, metric) && n-- == 0)
            fact->figure.value = value;
    }
}

/* Sessions up, spend down, return up, purchases cheaper, reach level. */
static void
make_known (World *world)
{
    world_make (world, 1, NULL, 0);
    set (world, "sessions", 0, 12431);
    set (world, "sessions.change", 0, 0.12);
    set (world, "sessions.difference", 0, 1332);
    set (world, "sessions.contribution", 0, 826);
    set (world, "sessions.contribution", 1, -400);
    set (world, "conversions.change", 0, 0.2);
    set (world, "landing_page.sessions", 0, 5000);
    set (world, "landing_page.sessions", 1, 1200);
    set (world, "landing_page.rate", 0, 0.041);
    set (world, "landing_page.rate", 1, 0.022);
    set (world, "sessions.unusual", 0, 900);
    set (world, "sessions.usual", 0, 400);
    set (world, "sessions.unusual_change", 0, 1.25);
    set (world, "spend", 0, 3100);
    set (world, "spend.change", 0, -0.08);
    set (world, "roas", 0, 3.4);
    set (world, "roas.change", 0, 0.05);
    set (world, "cpa", 0, 21);
    set (world, "cpa.change", 0, -0.11);
    set (world, "campaign.spend", 0, 900);
    set (world, "campaign.spend", 1, 1400);
    set (world, "cpc.change", 0, 0.01);
    set (world, "cpm.change", 0, 0.3);
    set (world, "reach", 0, 88000);
    set (world, "reach.change", 0, 0);
    set (world, "blended_cac.change", 0, -0.18);
    set (world, "spend_vs_sessions", 0, 0.72);
}

static const Fact *
fact_named (const World *world, const char *metric, guint n)
{
    for (guint i = 0; i < world->facts->len; i++) {
        const Fact *fact = world->facts->pdata[i];

        if (g_str_equal (fact->metric, metric) && n-- == 0)
            return fact;
    }
    g_error ("there is no fact of %s", metric);
}

/* {campaign.spend#2|value} by the fact's metric into {F31.value}. */
static char *
slotted (const World *world, const char *text)
{
    GString *out = g_string_new (NULL);

    for (const char *at = text; *at; at++) {
        const char *bar = *at == '{' ? strpbrk (at, "|}") : NULL;

        if (bar && *bar == '|') {
            g_autofree char *name = g_strndup (at + 1, (gsize)(bar - at - 1));
            char *hash = strchr (name, '#');

            if (hash)
                *hash = '\0';
            g_string_append_printf (out, "{%s.",
                                    fact_named (world, name, hash ? (guint)(hash[1] - '1') : 0)->id);
            at = bar;
        } else {
            g_string_append_c (out, *at);
        }
    }
    return g_string_free (out, FALSE);
}

typedef struct {
    Group group;
    const char *text;
    const char *shown; /* NULL: any */
} Case;

static guint
count_wrong (const Case *cases, guint n, gboolean expected)
{
    World world;
    Wording *wording;
    guint wrong = 0;

    make_known (&world);
    wording = wording_new (world.facts, world.bullets, world.connected);
    for (guint i = 0; i < n; i++) {
        g_autofree char *text = slotted (&world, cases[i].text);
        g_autofree char *shown = believed (&world, wording, cases[i].group, text, NULL);

        if ((shown != NULL) == expected && (!cases[i].shown || g_strcmp0 (shown, cases[i].shown) == 0))
            continue;
        print_message ("# %s: %s -> %s\n", expected ? "should be believed" : "should not be believed",
                       cases[i].text, shown ? shown : "(dropped)");
        wrong++;
    }
    wording_free (wording);
    world_clear (&world);
    return wrong;
}

#define C GROUP_CROSS_CHANNEL
#define T GROUP_TRAFFIC
#define A GROUP_ADS
#define I GROUP_CONTENT

static const Case truths[] = {
    { T, "Sessions {sessions.change|rose} to {sessions|value}.", "Sessions rose 12% to 12,431." },
    { T, "Sessions rose {sessions.change|value} to {sessions|value}", "Sessions rose 12% to 12,431." },
    { T, "Sessions: {sessions|value} ({sessions.change|value}).", "Sessions: 12,431 (+12%)." },
    { T, "Sessions {sessions|change}, reaching {sessions|value}.", "Sessions up 12%, reaching 12,431." },
    { T, "sessions grew by {sessions.change|value}.", "Sessions grew by 12%." },
    { C, "Ad spend fell {spend.change|value} to {spend|value} while sessions rose {sessions.change|value}.",
      "Ad spend fell 8.0% to $3,100 while sessions rose 12%." },
    { C, "Ad spend {spend.change|rose} as sessions {sessions.change|rose}.",
      "Ad spend fell 8.0% as sessions rose 12%." },
    { T, "Sessions were higher at {sessions|value}." },
    { T, "Overall, there were {sessions|value} sessions in the period, up {sessions.change|value} vs. "
         "the previous "
         "period." },
    { T, "Sessions increased by {sessions.change|value} compared with the period before." },
    { T, "{sessions.contribution|name} brought {sessions.contribution|value} more sessions, which is "
         "{sessions.contribution_share|value} of the change." },
    { T, "Sessions rose {sessions.change|value}, with {sessions.contribution_share|value} of the change "
         "from "
         "{sessions.contribution|name}." },
    { T, "{sessions.contribution|name} was the largest driver of the growth, adding "
         "{sessions.contribution|value} "
         "sessions, while {sessions.contribution#2|name} lost {sessions.contribution#2|value}." },
    { T, "The change in sessions was driven by {sessions.contribution|name}, with "
         "{sessions.contribution_share|value} "
         "of the change." },
    { T, "Most of the change came from {sessions.contribution|name}: {sessions.contribution_share|value} "
         "of the "
         "change in sessions." },
    { T, "\"{landing_page.rate|name}\" converts {landing_page.rate|value} of its sessions.",
      "“/blog/how-to” converts 4.1% of its sessions." },
    { T, "{landing_page.sessions|name}'s conversion rate was {landing_page.rate|value}.",
      "“/blog/how-to”'s conversion rate was 4.1%." },
    { T, "The landing page {landing_page.rate#2|name} has a conversion rate of "
         "{landing_page.rate#2|value}, lower than "
         "the {landing_pages.rate|value} of all pages together." },
    { T, "{landing_page.rate|name} converts {landing_page.rate|value} of its sessions, better than "
         "{landing_page.rate#2|name}." },
    { T, "{landing_page.sessions|name} had {landing_page.sessions|value} sessions, more than "
         "{landing_page.sessions#2|name} with {landing_page.sessions#2|value}." },
    { T,
      "{sessions.unusual|day}: {sessions.unusual|value} sessions, {sessions.unusual_change|value} more "
      "than usual.",
      "Tue 8 Oct 2024: 900 sessions, 125% more than usual." },
    { A, "ROAS improved slightly, up {roas.change|value} to {roas|value}.",
      "ROAS improved slightly, up 5.0% to 3.40." },
    { A, "Return on ad spend was {roas|value}." },
    { A, "Cost per purchase improved by {cpa.change|value} to {cpa|value}.",
      "Cost per purchase improved by 11% to $21.00." },
    { A, "Purchases became cheaper: the CPA fell {cpa.change|value} to {cpa|value}." },
    { A, "The account paid {cpa|value} for a purchase, {cpa.change|value} less than before." },
    { A, "{campaign.roas|name} had the largest part in the change: its return on ad spend went from "
         "{campaign.roas_before|value} to {campaign.roas|value}." },
    { A, "{campaign.spend#2|name} spent {campaign.spend#2|value}, more than {campaign.spend|name}." },
    { A, "The cost per thousand impressions rose sharply, by {cpm.change|value}." },
    { A, "A click cost {cpc|value}, little changed ({cpc.change|value}) on the period before." },
    { I, "Reach was {reach|value}, unchanged from the previous period." },
    { I, "Reach {reach.change|rose} and stood at {reach|value}.",
      "Reach did not change and stood at 88,000." },
    { I, "The post {post.reach|name} had the highest reach: {post.reach|value} accounts." },
    { I, "The median reach of posts was {posts.median_reach|value}." },
    { C, "Ad spend and sessions moved together, with a correlation of {spend_vs_sessions|value} over "
         "{common_days|value} days." },
    { C, "A conversion cost {blended_cac|value} of ad spend, {blended_cac.change|value} less than before." },
    { C, "In total, the period had {sessions|value} sessions and {spend|value} in ad spend." },
    { C, "Total sessions reached {sessions|value}, while total ad spend stood at {spend|value}." },
    { C, "Overall traffic was {sessions|value} sessions, with ad spend of {spend|value}." },
    { C,
      "Ad spend decreased by {spend.change|value} but sessions still increased by {sessions.change|value}." },
    { C, "Although ad spend was down {spend.change|value}, sessions were up {sessions.change|value}." },
    { C, "Sessions rose {sessions.change|value} despite a {spend.change|value} decrease in ad spend." },
    { C, "The blended cost per conversion dropped {blended_cac.change|value} to {blended_cac|value}." },
    { C, "Each conversion cost {blended_cac|value}, {blended_cac.change|change} from the previous period." },
    { C, "Ad spend and sessions are correlated at {spend_vs_sessions|value} over {common_days|value} days." },
    { T, "Sessions increased {sessions.change|value} to {sessions|value} compared to "
         "{sessions.change|before}." },
    { T, "Sessions went up by {sessions.change|value}, to {sessions|value}." },
    { T, "Site traffic saw an increase of {sessions.change|value}, totaling {sessions|value} sessions." },
    { T, "There was a {sessions.change|value} increase in sessions, reaching {sessions|value}." },
    { T, "Sessions are up {sessions.change|value} period over period." },
    { T, "{sessions.contribution|name} contributed the most to this growth with "
         "{sessions.contribution|value} additional sessions." },
    { T, "{sessions.contribution|name} added {sessions.contribution|value} sessions, accounting for "
         "{sessions.contribution_share|value} of the change." },
    { T, "{sessions.contribution#2|name} declined by {sessions.contribution#2|value} sessions." },
    { T, "{landing_page.sessions|name} received {landing_page.sessions|value} sessions and converted "
         "{landing_page.rate|value} of them." },
    { T, "Conversions grew {conversions.change|value}." },
    { T, "On {sessions.unusual|day}, sessions reached {sessions.unusual|value}, "
         "{sessions.unusual_change|change} against the usual {sessions.usual|value}." },
    { A, "Meta Ads spend was {spend|value}, a decrease of {spend.change|value} from the previous period." },
    { A, "The return on ad spend is now {roas|value}, which is up {roas.change|value}." },
    { A, "ROAS climbed to {roas|value}, an improvement of {roas.change|value}." },
    { A, "There were {ads.conversions|value} purchases at an average cost of {cpa|value}." },
    { A, "Cost per purchase was {cpa|value}, down {cpa.change|value} compared to the previous period." },
    { A,
      "{campaign.roas|name} improved its ROAS from {campaign.roas_before|value} to {campaign.roas|value}." },
    { A, "{campaign.spend|name} spent {campaign.spend|value} for {campaign.conversions|value} purchases "
         "({campaign.cpa|value} per purchase)." },
    { A, "The click-through rate was {ctr|value} with a cost per click of {cpc|value}." },
    { A, "CPM rose {cpm.change|value}." },
    { I, "Instagram reach was {reach|value}." },
    { I, "Posts on Instagram reached {reach|value} accounts with an engagement rate of "
         "{engagement_rate|value}." },
    { I, "The best post, {post.reach|name}, reached {post.reach|value} accounts and got "
         "{post.total_interactions|value} interactions." },
    { I, "{posts.median_reach#2|name} had a median reach of {posts.median_reach#2|value}, more than "
         "{posts.median_reach#3|name} with {posts.median_reach#3|value}." },
};

static void
test_true_sentences_are_shown (void **state)
{
    (void)state;
    assert_int_equal (count_wrong (truths, G_N_ELEMENTS (truths), TRUE), 0);
}

static const Case untruths[] = {
    /* figures of one's own */
    { T, "Sessions were 12,431." },
    { T, "Sessions were {sessions|value}, about 12 percent more." },
    { T, "Sessions doubled to {sessions|value}." },
    { T, "Sessions were {sessions|value}, a tenfold increase." },
    { T, "Sessions were {sessions|value} on the first of the month." },
    { T, "Sessions were nearly {sessions|value}." },
    { T, "Sessions exceeded {sessions|value}." },
    { T, "Sessions were above {sessions|value}." },
    { T, "Sessions were more than {sessions|value}." },
    { T, "Sessions were under {sessions|value}." },
    { T, "Sessions were {sessions|value}{sessions|value}." },
    { T, "Sessions were {sessions|value}.{sessions|value}." },
    { T, "Sessions were {sessions|value} thousand." },
    { T, "Sessions fell from {sessions|value}." },
    { T, "There were zero sessions, and {sessions|value} visits." },
    { T, "No sessions, {sessions|value}." },
    { C, "Ad spend was {spend|value} euros." },
    { C, "Ad spend was {spend|value} USD." },
    { T, "Sessions." },
    { T, "" },
    { T, "   " },
    { T, "." },
    /* of something else */
    { C, "Sessions were {spend|value}." },
    { C, "{spend|value} sessions and {sessions|value} of ad spend." },
    { C, "Total sessions came to {spend|value} and total ad spend came to {sessions|value}." },
    { A, "ROAS was {cpa|value}." },
    { A, "{ads.conversions|value} clicks at {cpa|value}." },
    { A, "The cost per click was {cpa|value}." },
    { A, "Revenue was {spend|value}." },
    { A, "Users came to {ads.conversions|value}." },
    { T, "The engagement rate was {landing_pages.rate|value}." },
    { T, "{sessions.contribution_share|name} lifted sessions by {sessions.contribution_share|value}." },
    { T, "{sessions.contribution_share|name} grew {sessions.contribution_share|value}." },
    { T, "{sessions.contribution_share|name} had {sessions.contribution_share|value} of visitors from "
         "mobile." },
    { I, "The {posts.median_reach|value} posts reached people." },
    { I, "Reach was {posts.median_reach|value}." },
    /* whose */
    { T, "{sessions.contribution|name} brought {sessions|value} sessions." },
    { T, "{sessions.contribution|name} brought {sessions|value} sessions in total." },
    { T, "{sessions.contribution|name} grew by {sessions.change|value}." },
    { T, "{sessions.contribution|name} gained sessions, up {sessions.change|value}." },
    { T, "{sessions.contribution#2|name} gained {sessions.contribution|value} sessions." },
    { T, "Sessions grew by {sessions.contribution|value}." },
    { T, "Total sessions came to {landing_page.sessions|value}." },
    { T, "{landing_page.sessions|name} and {landing_page.sessions#2|name} had "
         "{landing_page.sessions|value} sessions." },
    { A, "{campaign.spend|name} spent {campaign.spend|value} at a cost per purchase of {cpa|value}." },
    { A, "{campaign.spend|name} spent {campaign.spend|value}. It paid {cpa|value} for a purchase." },
    { A, "{campaign.spend|name} spent {campaign.spend|value}. Its ROAS was {roas|value}." },
    { A, "{campaign.spend|name} spent {campaign.spend|value}. The ROAS was {campaign.roas|value}." },
    { A, "{campaign.spend|name} spent {campaign.spend|value}, and paid {cpa|value} for a purchase." },
    { T, "The campaign {sessions.contribution|name} gained {sessions.contribution|value} sessions." },
    { T, "Instagram brought {sessions|value} sessions." },
    { A, "Google Analytics counted {ads.conversions|value} purchases." },
    { A, "Google Ads spend was {spend|value}." },
    { A, "Ad spend on TikTok was {spend|value}." },
    /* which way, how much, how good */
    { T, "Sessions fell {sessions.change|value}." },
    { T, "Sessions were down at {sessions|value}." },
    { T, "Sessions dropped to {sessions|value}." },
    { T, "Sessions were lower than in the previous period, at {sessions|value}." },
    { T, "Sessions did not rise: {sessions.change|value}." },
    { T, "Sessions hardly rose, by {sessions.change|value}." },
    { T, "Sessions stayed level at {sessions|value}." },
    { T, "Sessions remained at {sessions|value}." },
    { T, "Sessions lost {sessions.change|value}." },
    { T, "Sessions rose by {sessions|value}." },
    { T, "Sessions rose to {sessions.change|value}." },
    { T, "Sessions were {sessions.change|value}." },
    { T, "Sessions worsened by {sessions.change|value}." },
    { T, "Sessions rose slightly, by {sessions.change|value}." },
    { A, "ROAS rose sharply, by {roas.change|value}." },
    { A, "ROAS worsened, {roas.change|change}." },
    { A, "Purchases became dearer: the cost per purchase is {cpa|value}." },
    { A, "Cost per purchase worsened by {cpa.change|value}." },
    { A, "Ad spend improved by {spend.change|value}." },
    { A, "Ad spend was {spend|value} while purchases rose." },
    { I, "Reach rose to {reach|value}." },
    { C, "Sessions rose {sessions.change|value} and ad spend rose {spend.change|value}." },
    { C, "Sessions and ad spend rose, {sessions.change|value} and {spend.change|value}." },
    { C, "Ad spend and sessions moved apart, with a correlation of {spend_vs_sessions|value}." },
    { C, "Ad spend of {spend|value} drove {sessions|value} sessions." },
    /* with the words that are let through most */
    { T, "Sessions rose despite {sessions|value} of ad spend." },
    { A, "Each purchase cost {cpc|value}." },
    { A, "The average cost per click was {cpa|value}." },
    { T, "{landing_page.sessions|name} had {landing_page.sessions|value} of the total." },
    { T, "Sessions, with {sessions.contribution|value}, rose." },
    { T, "Sessions came to {sessions|value}, with {spend|value}." },
    { C, "Ad spend and sessions are correlated at {common_days|value}." },
    /* of a word that no figure is of */
    { C, "Revenue and sessions came to {sessions|value}." },
    { A, "Clicks and purchases came to {ads.conversions|value}." },
    { T, "All sessions began on {landing_page.sessions|name}, with {landing_page.sessions|value}." },
    /* who made it */
    { C, "Ad spend of {spend|value} brought {sessions|value} sessions." },
    { C, "Ad spend came to {spend|value}, bringing {sessions|value} sessions." },
    { C, "Ad spend came to {spend|value}. It brought {sessions|value} sessions." },
    { C, "Ad spend came to {spend|value}, which generated {sessions|value} sessions." },
    { C, "Ad spend of {spend|value} reached {reach|value} accounts." },
    { C, "The ads brought {sessions|value} sessions." },
    { T, "{sessions|value} sessions came from ads." },
    { C, "{sessions|value} sessions cost {spend|value}." },
    { C, "Posts brought {sessions|value} sessions, with a reach of {reach|value}." },
    { T, "Sessions came to {sessions|value}, from {sessions.contribution|name}." },
    { T, "Sessions came to {sessions|value}, all from {sessions.contribution|name}." },
    { T, "All {sessions|value} sessions began on {landing_page.sessions|name}." },
    { T, "{landing_page.sessions|name} had all {landing_page.sessions|value} sessions." },
    { T, "{sessions.contribution|name} brought {sessions.contribution|value} more sessions than "
         "{sessions.contribution#2|name}." },
    { T, "The increase in sessions was {sessions|value}." },
    { T, "Growth in sessions came to {sessions|value}." },
    { T, "The growth of sessions of {sessions.contribution|name} was {sessions.contribution_share|value}." },
    { T, "{sessions|value} people came." },
    { T, "Another {sessions|value} sessions." },
    { T, "Sessions: {sessions|value} {sessions.difference|value}." },
    { C, "Sessions rose {sessions.change|value} over {common_days|value} days." },
    /* when */
    { T, "On {sessions.change|before} sessions came to {sessions|value} and rose {sessions.change|value}." },
    { T, "Over the previous period sessions came to {sessions|value}, up {sessions.change|value}." },
    { T, "Sessions rose {sessions.change|value} and on {sessions.change|before} came to {sessions|value}." },
    { T, "Sessions rose {sessions.change|value} against the previous period of {sessions|value}." },
    { T, "Sessions rose {sessions.change|value} against the {sessions|value} of the previous period." },
    { T, "{sessions.unusual|day}: {sessions.usual|value} sessions, against the usual "
         "{sessions.unusual|value}." },
    { T, "{sessions.unusual|day}: {sessions.usual|value} sessions, {sessions.unusual_change|value} more "
         "than usual." },
    { T, "Sessions were {sessions|value} yesterday." },
    { T, "Sessions were {sessions|value} a day." },
    { T, "Daily sessions came to {sessions|value}." },
    { T, "Sessions per week came to {sessions|value}." },
    { T, "Sessions were {sessions|value} last year." },
    { T, "Sessions were {sessions|value} before." },
    { T, "In the previous period, sessions came to {sessions|value}." },
    { T, "In {sessions.change|before} there were {sessions|value} sessions." },
    { T, "Sessions came to {sessions|value} from {sessions.change|before}." },
    { T, "Sessions came to {sessions|value} on {sessions.unusual|day}." },
    { T, "On {sessions.unusual|day}, sessions rose {sessions.change|value}." },
    { T, "There were {sessions.unusual|value} sessions." },
    { T, "Sessions in {sessions|window} came to {sessions.unusual|value}." },
    { T, "{sessions.usual|day}: {sessions.usual|value} sessions." },
    { A, "{campaign.roas|name} had a return on ad spend of {campaign.roas_before|value}." },
    { A, "The return of {campaign.roas|name} went from {campaign.roas|value} to "
         "{campaign.roas_before|value}." },
    { A, "The return of {campaign.roas|name} was {campaign.roas|value} before." },
    /* of which rank */
    { T, "The largest channel, {sessions.contribution|name}, gained {sessions.contribution|value} "
         "sessions." },
    { T, "{sessions.contribution|name} brought the most sessions, {sessions.contribution|value} more "
         "than before." },
    { T, "{sessions.contribution#2|name} was the main driver of the change, losing "
         "{sessions.contribution#2|value} "
         "sessions." },
    { T, "Sessions fell, driven by {sessions.contribution#2|name} with {sessions.contribution#2|value} "
         "fewer." },
    { T, "The lowest conversion rate was that of {landing_page.rate|name}, {landing_page.rate|value}." },
    { T, "The best page, {landing_page.rate#2|name}, converts {landing_page.rate#2|value}." },
    { T, "{landing_page.sessions#2|name} is the top landing page, with {landing_page.sessions#2|value} "
         "sessions." },
    { T, "The most sessions ever: {sessions|value}." },
    { T, "Most sessions, {sessions|value}, came from {landing_page.sessions#2|name}." },
    { T, "Most of the {sessions|value} sessions began on {landing_page.sessions#2|name}." },
    { A, "The best campaign was {campaign.roas|name} with a return of {campaign.roas|value}." },
    { A, "The cheapest campaign, {campaign.cpa|name}, paid {campaign.cpa|value} for a purchase." },
    { T, "{landing_page.rate#2|name} converts better than {landing_page.rate|name}, at "
         "{landing_page.rate#2|value}." },
    { T, "{landing_page.sessions|name} had fewer sessions than {landing_page.sessions#2|name}, at "
         "{landing_page.sessions|value}." },
    { A, "{campaign.spend|name} spent {campaign.spend|value}, more than {campaign.spend#2|name}." },
    { A, "{campaign.spend|name} outperformed {campaign.spend#2|name} with {campaign.spend|value} of "
         "spend." },
    { C, "{sessions|value} sessions, more than {spend|value} of spend." },
    { T, "{landing_page.sessions|name} had {landing_page.sessions|value} sessions, more than others." },
    /* why, what next */
    { T, "Sessions rose {sessions.change|value} because of the ads." },
    { T, "The ads brought {sessions|value} sessions, thanks to better content." },
    { T, "Sessions will rise {sessions.change|value}." },
    { T, "Raise the budget: sessions rose {sessions.change|value}." },
    { A, "Return on ad spend is {roas|value}, so spend more." },
    { A, "Stop {campaign.spend|name}, which spent {campaign.spend|value}." },
    /* signs */
    { T, "Sessions: <b>{sessions|value}</b>." },
    { T, "Sessions: **{sessions|value}**." },
    { T, "Sessions: [{sessions|value}](https://evil.example)." },
    { T, "Sessions: {sessions|value}\n" },
    { T, "Sessions:\t{sessions|value}" },
    { T, "Sessions: {sessions|value} \u202e." },
    { T, "Se\u0455sions: {sessions|value}." },
    { T, "\"Sessions\" were {sessions|value}." },
    { T, "Sessions: {{F1.value}}." },
    { T, "Sessions: {sessions|value}}." },
    { T, "Sessions: { F1.value}." },
    { T, "Sessions: {sessions|Value}." },
    { T, "Sessions: {sessions|name}." },
    { T, "Sessions: {sessions|value} {F1.change?}." },
    /* another group's */
    { A, "Sessions were {sessions|value}." },
    { T, "Ad spend was {spend|value}." },
    { C, "{campaign.spend|name} spent {campaign.spend|value}." },
    { GROUP_QUALITY, "Sessions were {sessions|value}." },
};

static void
test_lies_are_not (void **state)
{
    (void)state;
    assert_int_equal (count_wrong (untruths, G_N_ELEMENTS (untruths), FALSE), 0);
}

/* ---- the question ---------------------------------------------------------------------------------- */

static json_t *
asked (const World *world, Wording **wording)
{
    *wording = wording_new (world->facts, world->bullets, world->connected);
    return json_loads (wording_question (*wording), 0, NULL);
}

/* A model that does no more than to put a fact's own words beside its slots must be believed. */
static void
test_the_words_given_are_believed (void **state)
{
    guint dropped = 0;

    (void)state;
    for (guint64 seed = 0; seed < 12; seed++) {
        World world;
        Wording *wording;
        json_t *question, *fact;
        gsize i;

        world_make (&world, seed, NULL, 0);
        question = asked (&world, &wording);
        json_array_foreach (json_object_get (question, "facts"), i, fact)
        {
            const char *id = json_string_value (json_object_get (fact, "id"));
            const char *what = json_string_value (json_object_get (fact, "what"));
            const char *name = json_string_value (json_object_get (fact, "name"));
            const char *group = json_string_value (json_array_get (json_object_get (fact, "groups"), 0));
            g_autofree char *of = name ? g_strdup_printf ("%s: ", name) : g_strdup ("");
            char *texts[] = { g_strdup_printf ("%s%s {%s.value} in {%s.window}.", of, what, id, id),
                              g_strdup_printf ("%s%s was {%s.value} in {%s.window}.", of, what, id, id),
                              g_strdup_printf ("%s%s: {%s.value} ({%s.window}).", of, what, id, id), NULL };

            for (guint t = 0; texts[t]; t++) {
                Group at = 0;
                g_autofree char *shown = NULL;

                while (!g_str_equal (group_title (at), group))
                    at++;
                shown = believed (&world, wording, at, texts[t], id);
                if (!shown)
                    print_message ("# dropped: %s\n", texts[t]);
                dropped += !shown;
            }
            for (guint t = 0; texts[t]; t++)
                g_free (texts[t]);
        }
        json_decref (question);
        wording_free (wording);
        world_clear (&world);
    }
    assert_int_equal (dropped, 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_true_sentences_are_shown),
        cmocka_unit_test (test_lies_are_not),
        cmocka_unit_test (test_the_words_given_are_believed),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
