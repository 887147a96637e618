import {
  finish,
  leave,
  lineOf,
  newDraft,
  objectOf,
  takeId,
  takeName,
  takeNamedValue,
  takeText,
  takeTree,
  type Draft,
} from "#server/services/batch/import/draft.ts";
import type { MappedRecord } from "#server/services/batch/import/mapped-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Below this a token can be guessed; ThingsBoard makes tokens of 20 letters and digits. */
const shortestToken = 20;

/** How columns of an export are called, without case, spaces and signs. */
const known: Readonly<Record<string, "name" | "type" | "label" | "token" | "gateway" | "note">> = {
  name: "name",
  devicename: "name",
  entityname: "name",
  type: "type",
  devicetype: "type",
  deviceprofile: "type",
  deviceprofilename: "type",
  label: "label",
  entitylabel: "label",
  accesstoken: "token",
  isgateway: "gateway",
  gateway: "gateway",
  description: "note",
};

const nothingHere = "It says nothing of the device itself.";
const left: Readonly<Record<string, string>> = {
  id: "It names the device in ThingsBoard only.",
  entityid: "It names the device in ThingsBoard only.",
  externalid: "It names the device in ThingsBoard only.",
  createdtime: "The device is created here when it is imported.",
  tenantid: nothingHere,
  ownerid: nothingHere,
  ownername: nothingHere,
  version: nothingHere,
  customer: "Customers are organisations of their own here: transfer the device to them.",
  customerid: "Customers are organisations of their own here: transfer the device to them.",
  customername: "Customers are organisations of their own here: transfer the device to them.",
  customertitle: "Customers are organisations of their own here: transfer the device to them.",
  customerispublic: nothingHere,
  public: nothingHere,
  groups: nothingHere,
  state: "Connections to ThingsBoard say nothing of connections here.",
  active: "Connections to ThingsBoard say nothing of connections here.",
  lastactivitytime: "Connections to ThingsBoard say nothing of connections here.",
  deviceprofileid: "It names a profile of ThingsBoard; choose one of yours for the batch.",
  devicedata: "How the device speaks is said by the profile here.",
  firmwareid: "It names a package of ThingsBoard.",
  softwareid: "It names a package of ThingsBoard.",
};

/**
 * A device of ThingsBoard: a row of a CSV export by its column names, or a device as its REST API
 * gives it (`/api/tenant/devices`, `/api/tenant/deviceInfos`), alone or with its credentials.
 */
export function mapThingsBoard(record: Fields): MappedRecord {
  const draft = newDraft();
  const device = objectOf(record["device"]) ?? record;
  for (const [column, value] of Object.entries(device)) takeColumn(draft, column, value);
  takeCredentials(draft, objectOf(record["credentials"]) ?? objectOf(record["deviceCredentials"]));
  return finish(draft, "The record has no name: this is no device of a ThingsBoard export.");
}

function takeColumn(draft: Draft, column: string, value: unknown): void {
  const key = column.toLowerCase().replace(/[^a-z0-9]/g, "");
  const why = Object.hasOwn(left, key) ? left[key] : undefined;
  if (why === undefined) return takeKnown(draft, column, key, value);
  if (lineOf(value) !== undefined || objectOf(value) !== undefined) leave(draft, column, why);
}

function takeKnown(draft: Draft, column: string, key: string, value: unknown): void {
  switch (Object.hasOwn(known, key) ? known[key] : undefined) {
    case "name":
      return takeDeviceName(draft, column, value);
    case "type":
      return takeText(draft, column, "model", value);
    case "label":
      return takeName(draft, column, value);
    case "token":
      return takeToken(draft, column, value);
    case "gateway":
      return takeGateway(draft, column, value);
    case "note":
      return takeNamedValue(draft, column, "description", value);
    case undefined:
      return takeOther(draft, column, key, value);
  }
}

/** A label that came before keeps its place as the name. */
function takeDeviceName(draft: Draft, column: string, value: unknown): void {
  if (draft.deviceId === "") takeId(draft, column, value);
}

function takeOther(draft: Draft, column: string, key: string, value: unknown): void {
  if (key === "credentials" || key === "devicecredentials") return;
  if (key !== "additionalinfo") {
    return objectOf(value) === undefined
      ? takeNamedValue(draft, column, column, value)
      : takeTree(draft, "", { [column]: value });
  }
  const {
    gateway,
    overwriteActivityTime,
    lastConnectedGateway: _,
    ...others
  } = objectOf(value) ?? {};
  takeGateway(draft, `${column}.gateway`, gateway);
  if (overwriteActivityTime === true) leave(draft, `${column}.overwriteActivityTime`, nothingHere);
  takeTree(draft, column, others);
}

function takeGateway(draft: Draft, from: string, value: unknown): void {
  if (value !== true && lineOf(value)?.toLowerCase() !== "true") return;
  leave(
    draft,
    from,
    "A device is a gateway here as soon as another device names it as its gateway.",
  );
}

function takeToken(draft: Draft, from: string, value: unknown): void {
  const token = lineOf(value);
  if (token === undefined) return;
  if (token.length < shortestToken || token.length > 128) {
    return leave(
      draft,
      from,
      `Tokens of fewer than ${shortestToken} characters can be guessed: have a new one made here.`,
    );
  }
  draft.secrets.token = token;
  draft.mapped.add(
    `${from} → token; the device sends its id as user name and the token as password`,
  );
}

function takeCredentials(draft: Draft, credentials: Fields | undefined): void {
  if (credentials === undefined) return;
  const type = lineOf(credentials["credentialsType"]) ?? "ACCESS_TOKEN";
  if (type === "ACCESS_TOKEN") {
    return takeToken(
      draft,
      "credentials.credentialsId",
      credentials["credentialsId"] ?? credentials["accessToken"],
    );
  }
  leave(
    draft,
    `credentials ${type}`,
    type === "X509_CERTIFICATE"
      ? "The certificate is not one that was issued here: register its CA, or issue a new certificate."
      : "Credentials of this kind do not exist here: issue a certificate or a key.",
  );
}
