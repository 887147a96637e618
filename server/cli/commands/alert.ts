import { table, type Command } from "#server/cli/command.ts";
import { acknowledgeAlert } from "#server/services/alert/acknowledge.ts";
import { listAlerts } from "#server/services/alert/list.ts";

export const alertList: Command = {
  words: ["alert", "list"],
  usage:
    "[--state open|acknowledged|resolved|standing|all] [--severity SEVERITY] [--rule RULE] [--subject TEXT] [--limit N] [--cursor CURSOR]",
  summary: "List alerts, newest first; those that are not resolved unless --state says otherwise.",
  options: ["state", "severity", "rule", "subject", "limit", "cursor"],
  run: async (at) => {
    const given = (name: string) => {
      const value = at.option(name);
      return value === undefined ? {} : { [name]: value };
    };
    const { ctx } = await at.session();
    const page = await listAlerts(ctx, {
      ...given("state"),
      ...given("severity"),
      ...given("rule"),
      ...given("subject"),
      ...given("cursor"),
      limit: at.number("limit", 50, 1),
    });
    const rows = page.alerts.map((each) => [
      each.id,
      each.lastAt,
      each.severity,
      each.state,
      each.title,
    ]);
    const more = page.next === null ? "" : `\nNext page: --cursor ${page.next}`;
    const head = ["ALERT", "LAST", "SEVERITY", "STATE", "TITLE"];
    return {
      json: page,
      text: rows.length === 0 ? "No alerts." : `${table([head, ...rows])}${more}`,
    };
  },
};

export const alertAcknowledge: Command = {
  words: ["alert", "acknowledge"],
  usage: "ALERT_ID [--note TEXT]",
  summary: "Say that somebody takes care of an alert.",
  options: ["note"],
  run: async (at) => {
    const alertId = at.word(0, "ALERT_ID");
    const note = at.option("note") ?? "";
    const { ctx } = await at.session();
    const alert = await acknowledgeAlert(ctx, { alertId, note });
    return { json: alert, text: `${alert.title}: acknowledged.` };
  },
};
