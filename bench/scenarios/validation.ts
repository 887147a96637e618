import pg from "pg";
import type { Arm, Prepared, Scenario } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { deviceCount, measureIngest } from "#bench/scenarios/ingest.ts";

const unchecked = "unchecked";

/** Two profiles that differ in one thing: the version of one has its fields, and no JSON Schema. */
async function prepare(): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { cluster, ownerUrl } = ours.installation;
  const devices = await ours.createDevices(deviceCount, unchecked);
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query("UPDATE schema_version SET json_schema = NULL WHERE name = $1", [unchecked]);
  await owner.end();
  const at = { port: ours.worker.mqttPort, pids: [ours.worker.pid, cluster.pid] };
  const arms: Arm[] = [
    { name: "quayside", measure: () => measureIngest({ ...at, devices: ours.devices }) },
    { name: unchecked, measure: () => measureIngest({ ...at, devices }) },
  ];
  return { arms, stop: () => ours.stop() };
}

/** What validation costs of P1: the ratio to the same messages without a JSON Schema. */
export const validation: Scenario = {
  id: "P1 validation",
  name: "durable QoS 1 ingest with JSON Schema validation, beside the same without it",
  unit: "msg/s",
  prepare,
};
