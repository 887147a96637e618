/**
 * Everything that the other files here prove, once more against a worker in a process of its own
 * with PostgreSQL behind it.
 */
import { afterAll } from "vitest";
import "#server/gateway/mqtt/conformance/connect.test.ts";
import "#server/gateway/mqtt/conformance/data.test.ts";
import "#server/gateway/mqtt/conformance/disconnect.test.ts";
import "#server/gateway/mqtt/conformance/flow.test.ts";
import "#server/gateway/mqtt/conformance/publish.test.ts";
import "#server/gateway/mqtt/conformance/qos.test.ts";
import "#server/gateway/mqtt/conformance/retained.test.ts";
import "#server/gateway/mqtt/conformance/session.test.ts";
import "#server/gateway/mqtt/conformance/shared.test.ts";
import "#server/gateway/mqtt/conformance/subscribe.test.ts";
import "#server/gateway/mqtt/conformance/topics.test.ts";
import "#server/gateway/mqtt/conformance/websocket.test.ts";
import "#server/gateway/mqtt/conformance/will.test.ts";
import { backBy } from "#server/testing/mqtt/test-broker.ts";
import { installedBackings } from "#server/testing/mqtt/worker-backing.ts";

const backings = installedBackings();
backBy(backings.start);
afterAll(() => backings.stop());
