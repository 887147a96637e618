import {
  finish,
  leave,
  lineOf,
  newDraft,
  objectOf,
  takeDesired,
  takeId,
  takeSasKey,
  takeTag,
  takeTree,
  type Draft,
} from "#server/services/batch/import/draft.ts";
import type { MappedRecord } from "#server/services/batch/import/mapped-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields of the hub and of its provisioning service that say nothing of the device itself. */
const plain = {
  eTag: "It counts changes in Azure only.",
  twinETag: "It counts changes in Azure only.",
  generationId: "It counts changes in Azure only.",
  importMode: "It steers imports into a hub.",
  connectionState: "Connections to the hub say nothing of connections here.",
  lastActivityTime: "Connections to the hub say nothing of connections here.",
  statusReason: "A reason is written here when a device is suspended here.",
  iotHubHostName: "Devices connect to the endpoint of this installation.",
  allocationPolicy: "There is one endpoint here: nothing is allocated.",
  customAllocationDefinition: "There is one endpoint here: nothing is allocated.",
  reprovisionPolicy: "There is one endpoint here: nothing is allocated.",
} as const;

const byThumbprint =
  "A thumbprint is no certificate: the device presents its own, which nobody here issued. Register its CA, or issue a new certificate.";

/**
 * A device of Azure IoT Hub (a line of an export job, an entry of `az iot hub device-identity list`)
 * or an individual enrolment of its Device Provisioning Service.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
 * @see https://learn.microsoft.com/rest/api/iot-dps/service/individual-enrollment
 */
export function mapAzure(record: Fields): MappedRecord {
  if (lineOf(record["enrollmentGroupId"]) !== undefined) {
    return leftOut(
      "enrollmentGroupId",
      "An enrolment group is no device. Make one here: its derived keys are the same with the same group key.",
    );
  }
  if (lineOf(record["moduleId"]) !== undefined) {
    return leftOut("moduleId", "A module is part of a device and has no identity of its own here.");
  }
  const draft = newDraft();
  takeNames(draft, record);
  const twin = objectOf(record["initialTwin"]) ?? record;
  const from = twin === record ? "" : "initialTwin.";
  takeTwin(draft, from, twin);
  takeAuthentication(draft, record);
  takeAttestation(draft, objectOf(record["attestation"]));
  takeStatus(draft, record);
  leaveTheRest(draft, record);
  return finish(draft, "The record has no device id: this is no device of an Azure export.");
}

function leftOut(from: string, why: string): MappedRecord {
  return { mapped: [], unmapped: [{ from, why }] };
}

/** A device of the provisioning service is called by its registration id until it says otherwise. */
function takeNames(draft: Draft, record: Fields): void {
  const from = ["deviceId", "id", "registrationId"].find(
    (name) => lineOf(record[name]) !== undefined,
  );
  if (from === undefined) return;
  takeId(draft, from, record[from]);
  const registrationId = lineOf(record["registrationId"]);
  if (registrationId !== undefined && registrationId !== lineOf(record[from])) {
    leave(draft, "registrationId", "The device already has its id, and registers by that.");
  }
}

function takeTwin(draft: Draft, from: string, twin: Fields): void {
  const { tags, ...others } = objectOf(twin["tags"]) ?? {};
  // A list of words under “tags” is what tags are here; everything else becomes attributes.
  if (Array.isArray(tags)) for (const tag of tags) takeTag(draft, `${from}tags.tags`, tag);
  else if (tags !== undefined) takeTree(draft, `${from}tags`, { tags });
  takeTree(draft, `${from}tags`, others);
  const properties = objectOf(twin["properties"]);
  takeDesired(draft, `${from}properties.desired`, properties?.["desired"]);
  const reported = Object.keys(objectOf(properties?.["reported"]) ?? {});
  if (reported.some((name) => !name.startsWith("$"))) {
    leave(
      draft,
      "properties.reported",
      "The device reports its state again when it connects here.",
    );
  }
}

function takeAuthentication(draft: Draft, record: Fields): void {
  const authentication = objectOf(record["authentication"]);
  const keys = objectOf(authentication?.["symmetricKey"]);
  takeSasKey(draft, "authentication.symmetricKey.primaryKey", "primary", keys?.["primaryKey"]);
  takeSasKey(
    draft,
    "authentication.symmetricKey.secondaryKey",
    "secondary",
    keys?.["secondaryKey"],
  );
  takeType(draft, lineOf(authentication?.["type"] ?? record["authenticationType"]));
  const prints = objectOf(authentication?.["x509Thumbprint"]) ?? objectOf(record["x509Thumbprint"]);
  if (Object.values(prints ?? {}).some((print) => lineOf(print) !== undefined)) {
    leave(draft, "x509Thumbprint", byThumbprint);
  }
}

function takeType(draft: Draft, type: string | undefined): void {
  if (type === "certificateAuthority") {
    leave(
      draft,
      "authentication.type certificateAuthority",
      "Register the CA here, and its devices connect with their certificates.",
    );
  }
  if (type === "sas" && draft.secrets.sasPrimary === undefined) {
    leave(
      draft,
      "authentication.symmetricKey",
      "The export was made without keys. Export again with keys, or have new ones made here.",
    );
  }
}

/** How a device proves itself to the provisioning service; the same keys count here. */
function takeAttestation(draft: Draft, attestation: Fields | undefined): void {
  if (attestation === undefined) return;
  const keys = objectOf(attestation["symmetricKey"]);
  takeSasKey(draft, "attestation.symmetricKey.primaryKey", "primary", keys?.["primaryKey"]);
  takeSasKey(draft, "attestation.symmetricKey.secondaryKey", "secondary", keys?.["secondaryKey"]);
  const type = lineOf(attestation["type"]);
  if (type === "x509") leave(draft, "attestation.x509", byThumbprint);
  if (type === "tpm") {
    leave(
      draft,
      "attestation.tpm",
      "Devices prove themselves here with a certificate or a key, not with a TPM's endorsement key. Have the TPM make a signing request.",
    );
  }
  if (type === "symmetricKey" && keys === undefined) {
    leave(
      draft,
      "attestation.symmetricKey",
      "The list has no keys in it. Export each enrolment with its keys (show --show-keys), or have new ones made here.",
    );
  }
}

function takeStatus(draft: Draft, record: Fields): void {
  const from = record["provisioningStatus"] === undefined ? "status" : "provisioningStatus";
  if (lineOf(record[from])?.toLowerCase() !== "disabled") return;
  draft.disabled = true;
  draft.mapped.add(`${from} disabled → suspended`);
}

function leaveTheRest(draft: Draft, record: Fields): void {
  for (const [name, why] of Object.entries(plain)) {
    if (lineOf(record[name]) !== undefined || objectOf(record[name]) !== undefined) {
      leave(draft, name, why);
    }
  }
  const capabilities = objectOf(record["capabilities"]);
  if (capabilities?.["iotEdge"] === true) {
    leave(
      draft,
      "capabilities.iotEdge",
      "It is taken as a plain device; edge modules are not run here.",
    );
  }
  const parents = record["parentScopes"];
  if (
    (Array.isArray(parents) && parents.length > 0) ||
    lineOf(record["deviceScope"]) !== undefined
  ) {
    leave(
      draft,
      "parentScopes",
      "Scopes name an edge gateway by a number of the hub's own. Name each child's gateway here after the import.",
    );
  }
}
