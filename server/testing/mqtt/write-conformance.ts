import { writeFileSync } from "node:fs";
import path from "node:path";
import { joinConformance, renderConformance } from "#server/testing/mqtt/conformance.ts";
import { scanTests } from "#server/testing/mqtt/scan-tests.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const conformance = joinConformance(scanTests(root));
writeFileSync(path.join(root, "docs/mqtt-conformance.md"), renderConformance(conformance));
for (const problem of conformance.problems) process.stderr.write(`${problem}\n`);
if (conformance.problems.length > 0) process.exitCode = 1;
