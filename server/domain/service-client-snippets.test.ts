import { describe, expect, it } from "vitest";
import { serviceClientSnippets } from "#server/domain/service-client-snippets.ts";

const target = {
  username: "grafana@northwind",
  password: "qsc_secret",
  host: "iot.example",
  port: 8883,
  filter: "qs/v1/d/+/up/#",
};
const snippet = (id: string, change: Partial<typeof target> = {}) =>
  serviceClientSnippets({ ...target, ...change }).find((each) => each.id === id)?.code ?? "";

describe("snippets of a service client", () => {
  it("log in at the real endpoint and subscribe to what was granted", () => {
    expect(snippet("mosquitto")).toBe(
      "mosquitto_sub -h iot.example -p 8883 --cafile quayside-ca.pem -u grafana@northwind -P qsc_secret -V mqttv5 -i grafana-shell -q 1 -t 'qs/v1/d/+/up/#' -v",
    );
    expect(snippet("node")).toContain('"mqtts://iot.example:8883"');
    expect(snippet("home-assistant")).toContain("Username: grafana@northwind");
  });

  it("have a flow that Node-RED can import", () => {
    const flow = JSON.parse(snippet("node-red")) as { type: string; credentials?: object }[];

    expect(flow.map(({ type }) => type)).toEqual(["tls-config", "mqtt-broker", "mqtt in", "debug"]);
    expect(flow[1]?.credentials).toEqual({ user: "grafana@northwind", password: "qsc_secret" });
  });

  it("quote what a shell would read", () => {
    expect(snippet("mosquitto", { filter: "a'; rm -rf /" })).toContain(`-t 'a'\\''; rm -rf /'`);
  });

  it("publish where nothing may be subscribed to, and leave a place for a password not shown", () => {
    const [first] = serviceClientSnippets({ ...target, filter: undefined, password: undefined });

    expect(first?.name).toBe("mosquitto_pub");
    expect(first?.code).toContain("-P PASSWORD");
  });
});
