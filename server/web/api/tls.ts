import { z } from "zod";
import { tlsProfileNames } from "#server/domain/tls-profiles.ts";
import { changeTlsProfile } from "#server/services/tls/change-profile.ts";
import { createTlsProbeDevice } from "#server/services/tls/create-probe-device.ts";
import { requestTlsProbe } from "#server/services/tls/request-probe.ts";
import { listTlsProbes, showTlsProbe } from "#server/services/tls/show-probe.ts";
import { showTlsPosture } from "#server/services/tls/show.ts";

const tag = "TLS";
const name = z.enum(tlsProfileNames);
const texts = z.array(z.string());

const run = z.object({
  id: z.uuid(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  profile: z.string(),
  requestedBy: z.string(),
  cells: z.int(),
  wrong: z.int(),
  error: z.string(),
});

const profile = z.object({
  name,
  title: z.string(),
  purpose: z.string(),
  excludes: z.string(),
  versions: texts,
  suites13: texts,
  suites12: texts,
  curves: texts,
  signatures: texts,
  securityLevel: z.literal(0).optional(),
  shutOut: z.int(),
});

const certificate = z.object({
  sha256: z.string(),
  source: z.string(),
  subject: z.string(),
  issuer: z.string(),
  hosts: texts,
  keyAlgorithm: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  replacedAt: z.iso.datetime().nullable(),
});

export const showTlsRoute = {
  method: "get",
  path: "/tls",
  tag,
  summary: "Show the TLS profile, what devices negotiate, and the certificate of the listeners",
  operation: showTlsPosture,
  request: showTlsPosture.input,
  response: z.object({
    profile: name,
    revision: z.int(),
    changedAt: z.iso.datetime().nullable(),
    changedBy: z.string().nullable(),
    profiles: z.array(profile),
    isOperator: z.boolean(),
    negotiated: z.array(
      z.object({
        version: z.string().nullable(),
        cipher: z.string().nullable(),
        devices: z.int(),
      }),
    ),
    certificates: z.array(certificate),
    certificateProblem: z.string().nullable(),
    probeDevice: z.object({ deviceId: z.string(), exists: z.boolean() }),
  }),
} as const;

export const changeTlsProfileRoute = {
  method: "put",
  path: "/tls/profile",
  tag,
  summary: "Choose the TLS profile of all device listeners; only in the operator's organisation",
  operation: changeTlsProfile,
  request: changeTlsProfile.input,
  response: z.object({ profile: name, revision: z.int() }),
} as const;

export const listTlsProbesRoute = {
  method: "get",
  path: "/tls/probes",
  tag,
  summary: "List the probes of the TLS listeners, newest first",
  operation: listTlsProbes,
  request: listTlsProbes.input,
  response: z.array(run),
} as const;

export const requestTlsProbeRoute = {
  method: "post",
  path: "/tls/probes",
  tag,
  summary: "Have the TLS listeners probed now; only in the operator's organisation",
  operation: requestTlsProbe,
  request: requestTlsProbe.input,
  response: z.object({ requestedAt: z.iso.datetime() }),
  status: 202,
} as const;

export const showTlsProbeRoute = {
  method: "get",
  path: "/tls/probes/{id}",
  tag,
  summary: "Show a probe of the TLS listeners with every answer, wrong ones first",
  operation: showTlsProbe,
  request: showTlsProbe.input,
  response: run.extend({
    answers: z.array(
      z.object({
        listener: z.string(),
        version: z.string(),
        suite: z.string(),
        curve: z.string(),
        client: z.string(),
        expected: z.string(),
        outcome: z.string(),
        detail: z.string(),
        milliseconds: z.int(),
        wrong: z.boolean(),
      }),
    ),
  }),
} as const;

export const createTlsProbeDeviceRoute = {
  method: "post",
  path: "/tls/probe-device",
  tag,
  summary: "Let the prober have a device of its own; only in the operator's organisation",
  operation: createTlsProbeDevice,
  request: createTlsProbeDevice.input,
  response: z.object({ deviceId: z.string(), requestedAt: z.iso.datetime() }),
  status: 201,
} as const;
