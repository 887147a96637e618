import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";
import {
  createInstalledClient,
  startInstalledWorker,
} from "#server/testing/mqtt/worker-backing.ts";

/**
 * Clients that nobody here wrote, unmodified, against a worker with its database: mosquitto's and
 * Paho's from Debian (packages mosquitto-clients and paho.mqtt.c-examples), and mqtt.js.
 */
let place: Installation;
let account: { readonly username: string; readonly password: string };
let ports: {
  readonly mqtt: number;
  readonly mqtts: number;
  readonly ws: number;
  readonly wss: number;
};
let folder: string;
let cafile: string;
let ca: string;
const children: ChildProcess[] = [];
const clients: MqttClient[] = [];

beforeAll(async () => {
  place = await startInstallation();
  account = await createInstalledClient(place, {
    name: "Interop",
    grants: [
      { filter: "interop/#", maySubscribe: true, mayPublish: true },
      { filter: "qs/v1/d/+/up/#", maySubscribe: true, mayPublish: false },
    ],
  });
  ({ ports } = await startInstalledWorker(place));
  const { rootPem, issuingPem } = await readAuthorityCertificates(place.dataDir);
  ca = rootPem + issuingPem;
  folder = mkdtempSync(path.join(tmpdir(), "quayside-interop-"));
  cafile = path.join(folder, "ca.pem");
  writeFileSync(cafile, ca);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});
afterAll(async () => {
  await place.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A tool that runs: what it said so far, and when it said something. */
function run(tool: string, args: readonly string[]) {
  // Line by line: otherwise what a tool says into a pipe is seen when it ends.
  const child = spawn("stdbuf", ["-oL", tool, ...args]);
  children.push(child);
  let said = "";
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
    child.emit("said");
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = once(child, "close");
  const until = async (words: RegExp) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    while (!words.test(said) && child.exitCode === null && child.signalCode === null) {
      await Promise.race([once(child, "said"), ended]);
    }
    clearTimeout(timer);
    expect(said).toMatch(words);
    return said;
  };
  const success = async () => {
    const [code] = (await ended) as [number | null];
    expect({ code, said }).toMatchObject({ code: 0 });
    return said;
  };
  return { child, until, success };
}

function hasTool(tool: string): boolean {
  return spawnSync("which", [tool]).status === 0;
}

const hasMosquitto = ["stdbuf", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr"].every(hasTool);
const hasPaho = ["stdbuf", "paho_c_pub", "paho_c_sub", "paho_cs_pub", "paho_cs_sub"].every(hasTool);

function unique(): string {
  return `interop/${randomUUID().slice(0, 8)}`;
}

describe.skipIf(!hasMosquitto)("mosquitto's clients (needs the package mosquitto-clients)", () => {
  const login = () => ["-h", "127.0.0.1", "-p", String(ports.mqtt), ...credentials()];
  const credentials = () => ["-u", account.username, "-P", account.password];
  const subscribe = (...args: readonly string[]) =>
    run("mosquitto_sub", [...login(), "-d", "-F", "[%t q%q r%r %p]", "-W", "10", ...args]);
  const publish = (...args: readonly string[]) =>
    run("mosquitto_pub", [...login(), ...args]).success();

  describe.each([
    ["5", "0"],
    ["5", "1"],
    ["5", "2"],
    ["311", "0"],
    ["311", "1"],
    ["311", "2"],
  ])("level %s, QoS %s", (level, qos) => {
    const version = ["-V", level === "5" ? "5" : "mqttv311"];

    it("[MQTT3-7.0.0-2] mosquitto_sub gets what mosquitto_pub sends", async () => {
      const topic = unique();
      const reader = subscribe(...version, "-q", qos, "-t", `${topic}/#`, "-C", "1");
      await reader.until(/received SUBACK/);
      await publish(...version, "-q", qos, "-t", `${topic}/a`, "-m", "hello");
      expect(await reader.success()).toContain(`[${topic}/a q${qos} r0 hello]`);
    });

    it("a retained message waits for mosquitto_sub, until it is removed", async () => {
      const topic = unique();
      // QoS 0 is not acknowledged: who subscribes right after it may be there before it is kept.
      const acknowledged = qos === "0" ? "1" : qos;
      await publish(...version, "-q", acknowledged, "-t", topic, "-m", "kept", "-r");
      const reader = subscribe(...version, "-q", qos, "-t", topic, "-C", "1");
      expect(await reader.success()).toContain(`[${topic} q${qos} r1 kept]`);
      await publish(...version, "-q", acknowledged, "-t", topic, "-n", "-r");
      const late = subscribe(...version, "-q", qos, "-t", topic, "-C", "1");
      await late.until(/received SUBACK/);
      await publish(...version, "-q", qos, "-t", topic, "-m", "new");
      expect(await late.success()).toContain(`[${topic} q${qos} r0 new]`);
    });
  });

  it.each(["5", "mqttv311"])("a kept session of level %s gets what it missed", async (level) => {
    const topic = unique();
    const session = ["-V", level, "-c", "-i", randomUUID(), "-q", "2", "-t", topic];
    await subscribe(...session, "-E").success();
    for (const text of ["one", "two", "three"]) await publish("-q", "2", "-t", topic, "-m", text);
    const said = await subscribe(...session, "-C", "3").success();
    expect(said.match(/q2 r0 \w+/g)).toEqual(["q2 r0 one", "q2 r0 two", "q2 r0 three"]);
  });

  it.each(["5", "mqttv311"])(
    "a will of level %s goes out when the client is killed",
    async (level) => {
      const topic = unique();
      const reader = subscribe("-q", "1", "-t", `${topic}/will`, "-C", "1");
      await reader.until(/received SUBACK/);
      const will = ["--will-topic", `${topic}/will`, "--will-payload", "gone", "--will-qos", "1"];
      const victim = subscribe("-V", level, "-t", topic, ...will);
      await victim.until(/received SUBACK/);
      victim.child.kill("SIGKILL");
      expect(await reader.success()).toContain("q1 r0 gone]");
    },
  );

  it("mosquitto_rr asks and gets its answer, over response topic and correlation data", async () => {
    const topic = unique();
    const responder = await connect({ protocolVersion: 5 });
    await responder.subscribeAsync(`${topic}/question`, { qos: 1 });
    responder.on("message", (_, question, { properties = {} }) => {
      const { responseTopic = "", correlationData } = properties;
      const answer = {
        qos: 1,
        properties: { ...(correlationData && { correlationData }) },
      } as const;
      void responder.publishAsync(responseTopic, `answer to ${question.toString()}`, answer);
    });
    const ask = [
      ...login(),
      "-q",
      "1",
      "-W",
      "10",
      "-t",
      `${topic}/question`,
      "-e",
      `${topic}/answer`,
    ];
    const said = await run("mosquitto_rr", [...ask, "-m", "question 7"]).success();
    expect(said).toContain("answer to question 7");
  });

  it("shared subscriptions deal messages out", async () => {
    const topic = unique();
    const shared = ["-q", "1", "-t", `$share/group/${topic}`, "-C", "3"];
    const readers = [subscribe(...shared), subscribe(...shared)];
    for (const reader of readers) await reader.until(/received SUBACK/);
    for (let count = 1; count <= 6; count += 1) {
      await publish("-q", "1", "-t", topic, "-m", String(count));
    }
    const said = await Promise.all(readers.map((reader) => reader.success()));
    const found = said.join("").match(/q1 r0 \d/g) ?? [];
    expect(found.toSorted().map((text) => text.at(-1))).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("TLS works with the installation's authority", async () => {
    const topic = unique();
    const secure = ["-h", "127.0.0.1", "-p", String(ports.mqtts), "--cafile", cafile, "--insecure"];
    const more = [...secure, ...credentials(), "-V", "5", "-q", "1", "-t", topic];
    const reader = run("mosquitto_sub", [...more, "-d", "-C", "1", "-W", "10"]);
    await reader.until(/received SUBACK/);
    await run("mosquitto_pub", [...more, "-m", "over TLS"]).success();
    expect(await reader.success()).toContain("over TLS");
  });

  it("a dashboard reads what a device sends, after it is stored", async () => {
    const [device] = await place.createDevices(1, "pump");
    const reader = subscribe("-q", "1", "-t", "qs/v1/d/+/up/telemetry", "-C", "1");
    await reader.until(/received SUBACK/);
    const own = ["-u", device!.id, "-P", device!.token, "-i", device!.id, "-q", "1"];
    const server = ["-h", "127.0.0.1", "-p", String(ports.mqtt)];
    const message = ["-t", `qs/v1/d/${device!.id}/up/telemetry`, "-m", '{"temperature":21.5}'];
    await run("mosquitto_pub", [...server, ...own, ...message]).success();
    expect(await reader.success()).toContain('q1 r0 {"temperature":21.5}]');
  });
});

describe.skipIf(!hasPaho)("Paho's C clients (needs the package paho.mqtt.c-examples)", () => {
  const login = (id: string) => {
    const server = ["-h", "127.0.0.1", "-p", String(ports.mqtt), "-i", id];
    return [...server, "-u", account.username, "-P", account.password];
  };
  const cases = ["paho_c", "paho_cs"].flatMap((family) =>
    ["311", "5"].flatMap((level) => ["0", "1", "2"].map((qos) => [family, level, qos] as const)),
  );

  it.each(cases)(
    "%s_sub gets what its publisher sends: level %s, QoS %s",
    async (family, level, qos) => {
      const topic = unique();
      const options = ["-V", level, "-q", qos];
      await run(`${family}_pub`, [
        ...login(randomUUID()),
        ...options,
        "-t",
        topic,
        "-r",
        "-m",
        "kept",
      ]).success();
      const reader = run(`${family}_sub`, [...login(randomUUID()), ...options, "-t", topic]);
      await reader.until(/kept/);
      await run(`${family}_pub`, [
        ...login(randomUUID()),
        ...options,
        "-t",
        topic,
        "-m",
        "live",
      ]).success();
      expect(await reader.until(/live/)).toMatch(/kept\s+live/);
      reader.child.kill("SIGTERM");
    },
  );
});

async function connect(options: IClientOptions, url = `mqtt://127.0.0.1:${ports.mqtt}`) {
  const client = await mqtt.connectAsync(url, {
    clientId: randomUUID(),
    reconnectPeriod: 0,
    ...account,
    ...options,
  });
  clients.push(client);
  return client;
}

/** Resolves with the first `count` payloads. */
function messages(client: MqttClient, count: number): Promise<readonly string[]> {
  const found: string[] = [];
  return new Promise((resolve) => {
    client.on("message", (_, payload) => {
      if (found.push(payload.toString()) === count) resolve(found);
    });
  });
}

describe.each([4, 5] as const)("mqtt.js at protocol level %i", (protocolVersion) => {
  const kept = (clientId: string): IClientOptions => ({
    protocolVersion,
    clientId,
    clean: false,
    ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
  });

  it.each(["mqtt", "mqtts", "ws", "wss"] as const)(
    "goes through QoS 0, 1 and 2 over %s",
    async (scheme) => {
      const host = scheme === "wss" || scheme === "mqtts" ? "localhost" : "127.0.0.1";
      const suffix = scheme.startsWith("ws") ? "/mqtt" : "";
      const client = await connect(
        { protocolVersion, ca },
        `${scheme}://${host}:${ports[scheme]}${suffix}`,
      );
      const topic = unique();
      await client.subscribeAsync(topic, { qos: 2 });
      const found = messages(client, 3);
      for (const qos of [0, 1, 2] as const) await client.publishAsync(topic, `qos ${qos}`, { qos });
      expect(await found).toEqual(["qos 0", "qos 1", "qos 2"]);
    },
  );

  it("a kept session gets what it missed, in order", async () => {
    const topic = unique();
    const id = randomUUID();
    const first = await connect(kept(id));
    await first.subscribeAsync(topic, { qos: 2 });
    await first.endAsync();
    const publisher = await connect({ protocolVersion });
    const expected = Array.from({ length: 20 }, (_, count) => String(count));
    for (const text of expected) await publisher.publishAsync(topic, text, { qos: 2 });
    const again = mqtt.connect(`mqtt://127.0.0.1:${ports.mqtt}`, {
      reconnectPeriod: 0,
      ...account,
      ...kept(id),
    });
    clients.push(again);
    expect(await messages(again, 20)).toEqual(expected);
  });

  it("a will goes out, and a retained one stays", async () => {
    const topic = unique();
    const reader = await connect({ protocolVersion });
    await reader.subscribeAsync(topic, { qos: 1 });
    const found = messages(reader, 1);
    const will = { topic, payload: Buffer.from("gone"), qos: 1, retain: true } as const;
    const victim = await connect({ protocolVersion, will });
    victim.stream.destroy();
    expect(await found).toEqual(["gone"]);
    const later = await connect({ protocolVersion });
    const kept = messages(later, 1);
    await later.subscribeAsync(topic, { qos: 1 });
    expect(await kept).toEqual(["gone"]);
  });

  it("two members of a shared subscription get each message once", async () => {
    const topic = unique();
    const found: string[] = [];
    for (let member = 1; member <= 2; member += 1) {
      const client = await connect({ protocolVersion });
      client.on("message", (_, payload) => found.push(payload.toString()));
      await client.subscribeAsync(`$share/group/${topic}`, { qos: 1 });
    }
    const publisher = await connect({ protocolVersion });
    const expected = Array.from({ length: 10 }, (_, count) => String(count));
    for (const text of expected) await publisher.publishAsync(topic, text, { qos: 1 });
    await expect.poll(() => found.toSorted()).toEqual(expected);
  });
});
