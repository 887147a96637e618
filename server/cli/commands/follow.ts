import { table, type Command } from "#server/cli/command.ts";
import { followMessage } from "#server/services/message/follow.ts";
import type { FollowedEnd, FollowedMessage } from "#server/services/message/followed.ts";

export const follow: Command = {
  words: ["follow"],
  usage:
    "[--id ID] [--device DEVICE_ID] [--at TIME] [--window SECONDS] [--text TEXT] [--from TIME] [--to TIME] [--limit N]",
  summary:
    "Follow a message to where it ended: by its id, by device and time, or by a part of its payload.",
  options: ["id", "device", "at", "window", "text", "from", "to", "limit"],
  run: async (at) => {
    const given = (name: string) => {
      const value = at.option(name);
      return value === undefined ? {} : { [name]: value };
    };
    const { ctx } = await at.session();
    const answer = await followMessage(ctx, {
      ...given("id"),
      ...given("device"),
      ...given("at"),
      ...given("window"),
      ...given("text"),
      ...given("from"),
      ...given("to"),
      limit: at.number("limit", 20, 1),
    });
    const text =
      answer.messages.length === 0
        ? `Nothing was found between ${answer.from} and ${answer.to}.`
        : answer.messages.map(storyOf).join("\n\n");
    return { json: answer, text: answer.isCut ? `${text}\n\nThere may be more.` : text };
  },
};

function storyOf(message: FollowedMessage): string {
  const { received, fanout, replays } = message;
  const { connection } = received;
  return table([
    ["device", message.deviceId],
    ["received", received.at],
    ...(received.topic === null ? [] : [["topic", received.topic]]),
    ...(connection === null
      ? []
      : [["connection", `${connection.remote} ${connection.protocol} since ${connection.since}`]]),
    ...message.stages.map(({ stage, verdict, detail }) => [`  ${stage}`, `${verdict}  ${detail}`]),
    ["ended", endOf(message.end)],
    ...(fanout?.subscribers ?? []).map(({ owner, filter, waiting }) => [
      "goes to",
      `${owner.name} (${filter}), ${waiting} waiting`,
    ]),
    ...replays.map(({ letterId, at }) => ["replay", `dead letter ${letterId} ${at ?? ""}`]),
  ]);
}

function endOf(end: FollowedEnd): string {
  switch (end.as) {
    case "reading":
      return `stored ${end.row.ts} ${end.row.key} ${JSON.stringify(end.values)}`;
    case "document":
      return `kept as ${end.channel} ${end.row.ts} ${end.row.key}`;
    case "dead_letter": {
      const today = end.today.wouldPass ? "would pass today" : `today: ${end.today.detail}`;
      return `dead letter ${end.id} (${end.state}), ${end.reason}; ${today}`;
    }
  }
}
