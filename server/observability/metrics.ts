import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** What the worker counts, in Prometheus' form. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(labels: { readonly worker: string }) {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...messageMetrics(registry),
    ...worksMetrics(registry),
    ...listenerMetrics(registry),
    ...pkiMetrics(registry),
  };
}

function messageMetrics(registry: Registry) {
  const registers = [registry];
  return {
    messages: new Counter({
      name: "quayside_messages_total",
      help: "Messages by outcome; reason is empty unless a message was dead-lettered or rejected.",
      labelNames: ["outcome", "reason"],
      registers,
    }),
    received: new Counter({
      name: "quayside_messages_received_total",
      help: "Messages taken from devices.",
      registers,
    }),
    batchMessages: new Histogram({
      name: "quayside_batch_messages",
      help: "Messages in a committed batch.",
      buckets: [1, 2, 5, 10, 50, 100, 250, 500, 1000],
      registers,
    }),
    commitSeconds: new Histogram({
      name: "quayside_commit_seconds",
      help: "From a batch's start to its commit, outages included.",
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10, 60],
      registers,
    }),
    unaccounted: new Gauge({
      name: "quayside_ledger_unaccounted",
      help: "Messages that the ledger's balance check cannot account for, by tenant; no series: none.",
      labelNames: ["tenant"],
      registers,
    }),
    lagSeconds: new Gauge({
      name: "quayside_lag_seconds",
      help: "Age of the oldest message that is not committed.",
      registers,
    }),
  };
}

function worksMetrics(registry: Registry) {
  const registers = [registry];
  return {
    partitionsAhead: new Gauge({
      name: "quayside_partitions_ahead_days",
      help: "Coming days whose telemetry partition exists already.",
      registers,
    }),
    rollupMinutes: new Gauge({
      name: "quayside_rollup_open_minutes",
      help: "Minutes of which this worker holds readings that are not rolled up yet.",
      registers,
    }),
    rollupLagSeconds: new Gauge({
      name: "quayside_rollup_lag_seconds",
      help: "How long the minute is open of which this worker holds readings for longest.",
      registers,
    }),
    rollupsDue: new Gauge({
      name: "quayside_rollup_due_minutes",
      help: "Minutes of all workers that wait to be computed from their readings.",
      registers,
    }),
    jobRuns: new Counter({
      name: "quayside_job_runs_total",
      help: "Runs of periodic jobs.",
      labelNames: ["job", "outcome"],
      registers,
    }),
    outboundBytes: new Gauge({
      name: "quayside_outbound_bytes",
      help: "Bytes of messages that wait in memory for connected clients.",
      registers,
    }),
    liveViewers: new Gauge({
      name: "quayside_live_viewers",
      help: "Open live streams.",
      registers,
    }),
  };
}

function listenerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    connections: new Gauge({
      name: "quayside_connections",
      help: "Network connections of devices, also those that are not identified yet.",
      registers,
    }),
    sessions: new Gauge({
      name: "quayside_sessions",
      help: "Connected devices.",
      registers,
    }),
    unsettled: new Gauge({
      name: "quayside_unsettled_messages",
      help: "QoS 1 messages that are not acknowledged yet.",
      registers,
    }),
    subscriptions: new Gauge({
      name: "quayside_subscriptions",
      help: "Subscriptions of all sessions that this worker routes by, also of those away.",
      registers,
    }),
    deliveries: new Gauge({
      name: "quayside_deliveries",
      help: "Messages sent on to subscribers since the start of the worker: by their queue, or directly.",
      labelNames: ["way"],
      registers,
    }),
    undelivered: new Gauge({
      name: "quayside_undelivered",
      help: "Messages that a subscription matched and its session did not get, by cause, since the start of the worker.",
      labelNames: ["cause"],
      registers,
    }),
    dropped: new Gauge({
      name: "quayside_dropped_deliveries",
      help: "Messages that were not sent to a connected client, by cause, since the start of the worker.",
      labelNames: ["cause"],
      registers,
    }),
    shed: new Gauge({
      name: "quayside_shed_messages",
      help: "QoS 0 messages given up because the pipeline had no room, since the start of the worker.",
      registers,
    }),
    throttled: new Gauge({
      name: "quayside_throttled",
      help: "Times that a client was read more slowly for a rate, by whose rate, since the start of the worker.",
      labelNames: ["scope"],
      registers,
    }),
    refusals: new Gauge({
      name: "quayside_refused_connections",
      help: "Connections refused since the start of the worker, by cause.",
      labelNames: ["cause"],
      registers,
    }),
  };
}

function pkiMetrics(registry: Registry) {
  const registers = [registry];
  return {
    crlAge: new Gauge({
      name: "quayside_crl_age_seconds",
      help: "Age of the newest list of revoked certificates, by issuing CA (SHA-256) and kind.",
      labelNames: ["issuer", "kind"],
      registers,
    }),
    ocspAnswers: new Counter({
      name: "quayside_ocsp_answers_total",
      help: "Certificates that were asked about by OCSP, by status, and requests that got no answer, by why.",
      labelNames: ["status"],
      registers,
    }),
  };
}
