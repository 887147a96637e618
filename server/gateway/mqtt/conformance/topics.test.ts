import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

describe.each([5, 4] as const)("topics at protocol level %i", (version) => {
  const invalid: [string, string[]][] = [
    [
      "[MQTT-4.7.1-1] [MQTT3-4.7.1-2] # that is not alone and last",
      ["a#", "#a", "#/a", "a/#/b", "a/b#", "##", "a/##"],
    ],
    ["[MQTT-4.7.1-2] [MQTT3-4.7.1-3] + that does not fill its level", ["a+", "+a", "a/+b/c", "++"]],
  ];
  test.each(invalid)("%s is refused", async (_, filters) => {
    const client = await broker.connect(version);
    const { granted } = await client.subscribe(filters);
    expect(granted).toEqual(filters.map(() => (version === 5 ? 0x8f : 0x80)));
    expect(await client.unasked()).toEqual([]);
  });

  test("[MQTT-4.7.3-1] [MQTT3-4.7.3-1] an empty topic and an empty filter are refused", async () => {
    const subscriber = await broker.connect(version);
    subscriber.write(frame(0x82, [0, 1], properties(version), text(""), [0]));
    const answer = await subscriber
      .answer("suback", 1)
      .then(({ granted }) => granted?.[0])
      .catch(() => subscriber.ended());
    expect([0x8f, 0x80, 0x81, 0x82, "closed"]).toContain(answer);
    const publisher = await broker.connect(version);
    publisher.write(frame(0x30, text(""), properties(version), [0x61]));
    expect([0x81, 0x82, 0x90, "closed"]).toContain(await publisher.ended());
  });

  const selections: [string, string[], string[]][] = [
    ["#", ["a", "a/b", "/", "a//b"], []],
    ["a/#", ["a", "a/", "a/b", "a/b/c"], ["b", "aa", "A/b", "/a"]],
    ["+", ["a", "b"], ["a/b", "/a"]],
    ["a/+", ["a/b", "a/"], ["a", "a/b/c"]],
    ["+/+", ["/a", "a/b", "a/"], ["a", "a/b/c"]],
    ["/+", ["/a"], ["a", "a/b", "/a/b"]],
    ["a/+/c", ["a/b/c", "a//c"], ["a/c", "a/b/b/c"]],
    ["+/b/#", ["a/b", "/b/c", "a/b/c/d"], ["b", "a/c/b"]],
  ];
  test.each(selections)(
    "[MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT3-4.7.1-2] [MQTT3-4.7.1-3] [MQTT-3.3.2-3] [MQTT3-3.3.2-3] a filter ending in %s selects what it should",
    async (filter, selected, others) => {
      const client = await broker.connect(version);
      const root = broker.unique();
      await client.subscribe(`${root}/${filter}`, { qos: 1 });
      for (const topic of [...others, ...selected]) {
        await client.publish(`${root}/${topic}`, topic, { qos: 1 });
      }
      expect(await client.payloads(selected.length)).toEqual(selected);
      expect(await client.unasked()).toEqual([]);
    },
  );

  test("[MQTT-4.7.2-1] [MQTT3-4.7.2-1] filters that begin with a wildcard select no topic of $SYS", async () => {
    const client = await broker.connect(version);
    await client.subscribe(["#", "+/broker/version", "+/broker/#"]);
    const found = await client.before(broker.unique());
    expect(found.filter(({ topic }) => topic.startsWith("$"))).toEqual([]);
    await client.subscribe("$SYS/broker/version");
    expect(await client.take("publish")).toMatchObject({ topic: "$SYS/broker/version" });
  });

  test("[MQTT-4.7.2-1] [MQTT3-4.7.2-1] clients publish nothing that begins with $", async () => {
    const all = await broker.connect(version);
    const client = await broker.connect(version);
    await all.subscribe(["#", "+/conformance"]);
    const topic = "$conformance/conformance";
    client.write(frame(0x32, text(topic), [0, 1], properties(version), [0x61]));
    expect(await client.refusal(1)).toBe(version === 5 ? 0x87 : "closed");
    const end = broker.unique();
    await all.publish(end, "end");
    const { packet } = await all.find(
      (one) => one.packet.cmd === "publish" && [topic, end].includes(one.packet.topic),
      "PUBLISH",
    );
    expect(packet).toMatchObject({ topic: end });
  });

  test("[MQTT-4.7.3-4] [MQTT3-4.7.3-4] nothing is normalised: case, slashes, spaces, composed characters", async () => {
    const root = broker.unique();
    const names = [
      "a",
      "A",
      "a/",
      "/a",
      "a//b",
      "a/b",
      " a",
      "a ",
      "é",
      "e\u0301",
      "ß",
      "ss",
      "%61",
    ];
    const clients = await Promise.all(
      names.map(async (name) => {
        const client = await broker.connect(version);
        await client.subscribe(`${root}/${name}`);
        return client;
      }),
    );
    const publisher = await broker.connect(version);
    for (const name of names) await publisher.publish(`${root}/${name}`, name, { qos: 1 });
    for (const [at, client] of clients.entries()) {
      expect(await client.take("publish")).toMatchObject({ topic: `${root}/${names[at]}` });
      expect(await client.unasked()).toEqual([]);
    }
  });
});
