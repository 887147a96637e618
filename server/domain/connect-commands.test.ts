import { expect, it } from "vitest";
import { connectCommands, deviceFiles, plainCommand } from "#server/domain/connect-commands.ts";

const target = { deviceId: "pump-17", host: "quay.example", port: 8883 };

it("writes the mosquitto_pub command on one line with the names of the downloaded files", () => {
  const command = connectCommands(target).find(({ id }) => id === "mosquitto");

  expect(command?.code).toBe(
    `mosquitto_pub -h quay.example -p 8883 --cafile quayside-ca.pem --cert pump-17.crt.pem --key pump-17.key.pem -i pump-17 -t qs/v1/d/pump-17/up/telemetry -q 1 -V mqttv5 -m '{"temperature":21.5}'`,
  );
});

it.each(["node", "python"])("names endpoint, files and topic in %s", (id) => {
  const code = connectCommands(target).find((command) => command.id === id)?.code ?? "";

  for (const part of [
    "quay.example",
    "8883",
    "quayside-ca.pem",
    "pump-17.crt.pem",
    "pump-17.key.pem",
  ]) {
    expect(code).toContain(part);
  }
  expect(code).toContain('"qs/v1/d/pump-17/up/telemetry"');
});

it("keeps colons out of file names and in the topic", () => {
  expect(deviceFiles("a:b").certificate).toBe("a_b.crt.pem");
  expect(connectCommands({ ...target, deviceId: "a:b" })[0]?.code).toContain("qs/v1/d/a:b/up/");
});

it("writes the plain command with user name and password", () => {
  expect(plainCommand({ ...target, port: 1883, password: "t0k" })).toContain(
    "-p 1883 -u pump-17 -P t0k -i pump-17",
  );
});
