import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";

/** What to do about a refusal. */
export const enrolmentRemedies: Readonly<Record<EnrolmentRefusal, string>> = {
  "group-disabled": "Enable the group if its devices may enrol again.",
  "credential-expired": "Make a new claim certificate or secret, and give it to the device.",
  "credential-revoked": "Make a new claim certificate or secret, and give it to the device.",
  "credential-used-up": "Make a new claim certificate or secret with more uses.",
  "credential-unknown": "Give the device a claim certificate or secret of this group.",
  "not-expected":
    "Make a claim certificate or secret that expects this serial, or correct the device's.",
  denied: "Take the device off the deny list, or resume it on its page, if it may come.",
  "not-allowed": "Add the device to the group's allow list if it may come.",
  "subject-mismatch":
    "Make the certificate or request with the subject that the group asks for, or change the group's rules.",
  "limit-reached": "Raise the group's limit, or make another group.",
  "bad-registration-id":
    "Correct what the device calls itself, or the group's template for device ids.",
  "id-taken":
    "Give the device another id. Where it is the same device with a new key, make a claim certificate or secret that expects its serial alone.",
  "csr-refused": "Make the request anew with a fresh key of the device.",
  "key-in-use": "Make a key of its own on each device.",
  "ca-not-active": "Prove possession of the CA's key, or set the CA active again.",
  "webhook-refused": "Ask whoever runs the group's webhook why it did not approve.",
  "webhook-unreachable":
    "Check the group's webhook; the device asks again by itself and nothing is lost.",
  "rejected-by-person": "Approve the request if the device may come after all.",
  "signer-unavailable":
    "Check that the signer runs; the device asks again by itself and nothing is lost.",
};

/** What the interface calls a refusal. */
export const enrolmentRefusalNames: Readonly<Record<EnrolmentRefusal, string>> = {
  "group-disabled": "Group is disabled",
  "credential-expired": "Claim credential has expired",
  "credential-revoked": "Claim credential was revoked",
  "credential-used-up": "Claim credential is used up",
  "credential-unknown": "Claim credential is unknown",
  "not-expected": "Serial is not expected",
  denied: "Device is denied",
  "not-allowed": "Device is not on the allow list",
  "subject-mismatch": "Subject does not fit",
  "limit-reached": "Limit is reached",
  "bad-registration-id": "Device id does not fit",
  "id-taken": "Device id is taken",
  "csr-refused": "Signing request was refused",
  "key-in-use": "Key belongs to another device",
  "ca-not-active": "CA is not active",
  "webhook-refused": "Webhook did not approve",
  "webhook-unreachable": "Webhook did not answer",
  "rejected-by-person": "A person refused it",
  "signer-unavailable": "Signer did not answer",
};
