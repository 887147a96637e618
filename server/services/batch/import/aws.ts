import {
  finish,
  leave,
  lineOf,
  newDraft,
  objectOf,
  takeDesired,
  takeId,
  takeNamedValue,
  takeTag,
  takeText,
  type Draft,
} from "#server/services/batch/import/draft.ts";
import type { MappedRecord } from "#server/services/batch/import/mapped-record.ts";

const plain = {
  thingArn: "It names the thing in AWS only.",
  thingId: "It names the thing in AWS only.",
  version: "It counts changes in AWS only.",
  billingGroupName: "There are no billing groups here.",
  deviceDefender: "Its findings belong to AWS.",
  connectivity: "Connections to AWS say nothing of connections here.",
} as const;

/**
 * A thing of AWS IoT: of `aws iot list-things`, `describe-thing`, `search-index`, or a line of a
 * registration task's parameters file (ThingName, SerialNumber, CSR).
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_ThingAttribute.html
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_ThingDocument.html
 */
export function mapAws(record: Readonly<Record<string, unknown>>): MappedRecord {
  const draft = newDraft();
  takeId(
    draft,
    "thingName" in record ? "thingName" : "ThingName",
    record["thingName"] ?? record["ThingName"],
  );
  takeText(draft, "SerialNumber", "serial", record["SerialNumber"]);
  takeText(draft, "thingTypeName", "model", record["thingTypeName"]);
  takeRequest(draft, record["CSR"]);
  const groups = record["thingGroupNames"];
  for (const group of Array.isArray(groups) ? groups : []) takeTag(draft, "thingGroupNames", group);
  for (const [name, value] of Object.entries(objectOf(record["attributes"]) ?? {})) {
    takeNamedValue(draft, `attributes.${name}`, name, value);
  }
  takeShadows(draft, record["shadow"]);
  leaveTheRest(draft, record);
  return finish(draft, "The record has no thingName: this is no thing of an AWS registry export.");
}

function takeRequest(draft: Draft, value: unknown): void {
  if (typeof value !== "string" || value.trim() === "") return;
  draft.csrPem = value.trim();
  draft.mapped.add("CSR → signing request");
}

/** The fleet index has the shadows as text: the classic one at its top, the named ones under `name`. */
function takeShadows(draft: Draft, value: unknown): void {
  const shadow = typeof value === "string" ? parsed(value) : objectOf(value);
  if (shadow === undefined) {
    if (lineOf(value) !== undefined) leave(draft, "shadow", "It is no JSON.");
    return;
  }
  takeDesired(draft, "shadow.desired", shadow["desired"]);
  if (shadow["reported"] !== undefined) {
    leave(draft, "shadow.reported", "The device reports its state again when it connects here.");
  }
  if (objectOf(shadow["name"]) !== undefined) {
    leave(draft, "shadow.name", "A device has one desired state here: named shadows are left out.");
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // Reported as a field that is not taken over.
    return undefined;
  }
}

function leaveTheRest(draft: Draft, record: Readonly<Record<string, unknown>>): void {
  for (const [name, why] of Object.entries(plain)) {
    if (record[name] !== undefined) leave(draft, name, why);
  }
  const client = lineOf(record["defaultClientId"]);
  if (client !== undefined && client !== draft.deviceId) {
    leave(draft, "defaultClientId", "The MQTT client id is the device id here.");
  }
  leave(
    draft,
    "certificates and policies",
    "AWS exports neither with its things. Issue new certificates, or register the CA that issued the old ones. What a device may publish and subscribe to follows from its id.",
  );
}
