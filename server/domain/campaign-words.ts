import type { CampaignDeviceState, CampaignTarget } from "#server/domain/campaign.ts";

/** What is known of a device that has not renewed yet. */
export type WaitingFacts = {
  readonly state: CampaignDeviceState;
  readonly asks: number;
  readonly connected: boolean;
  readonly everConnected: boolean;
  /** It has an MQTT session that is kept. */
  readonly hasSession: boolean;
  /** It subscribes to the topic on which it is asked. */
  readonly hears: boolean;
  /** Its profile says that people renew. */
  readonly isManual: boolean;
};

/** Why a device has not renewed yet, and what to do about it. */
export type WaitingDevice = { readonly problem: string; readonly remedy: string };

/**
 * What keeps a device of a campaign that has not ended yet.
 * @returns undefined when it was not asked yet, or nothing is to be done
 */
export function explainWaiting(facts: WaitingFacts): WaitingDevice | undefined {
  if (facts.state === "issued") return unused(facts);
  if (facts.state !== "asked") return undefined;
  return facts.connected ? awake(facts) : absent(facts);
}

function unused({ connected }: WaitingFacts): WaitingDevice {
  return {
    problem: connected
      ? "It has its new certificate and is still connected with the old one."
      : "It has its new certificate and has not connected with it.",
    remedy:
      "It counts as renewed at its first connection with the new certificate. If that does not come, look at what the device logs when it connects.",
  };
}

function awake({ hears, isManual, asks }: WaitingFacts): WaitingDevice {
  if (!hears) {
    return {
      problem:
        "It is connected and does not subscribe to …/dn/certificate/renew, so it cannot hear that it was asked.",
      remedy: isManual
        ? "People renew devices of its profile: issue a certificate on its page and put it into the device."
        : "It may renew by EST when its certificate is due. Otherwise issue a certificate on its page.",
    };
  }
  return {
    problem: `It was asked ${asks === 1 ? "once" : `${asks} times`}, is connected and has not sent a signing request.`,
    remedy: "It is asked again, each time later. See on the page of the device what it logs.",
  };
}

function absent({ everConnected, hasSession, hears }: WaitingFacts): WaitingDevice {
  if (!everConnected) {
    return {
      problem: "It has never connected.",
      remedy:
        "It is asked when it connects. One that is still in its box counts as failed when the patience ends.",
    };
  }
  if (hasSession && hears) {
    return {
      problem: "It is asleep; the request waits in its session.",
      remedy: "Nothing: it gets the request when it wakes.",
    };
  }
  return {
    problem: "It is not connected, and no session is kept in which the request could wait.",
    remedy: "It is asked when it connects the next time.",
  };
}

/** The target in words, one for each thing that it says. */
export function targetWords(
  target: CampaignTarget,
  names: { readonly issuer: string | undefined; readonly profiles: readonly string[] },
): readonly string[] {
  const words: string[] = [];
  if (target.issuerSha256 !== undefined) {
    words.push(`issued by ${names.issuer ?? target.issuerSha256.slice(0, 16)}`);
  }
  if (target.profileIds !== undefined) words.push(`of the profile ${names.profiles.join(" or ")}`);
  if (target.tags !== undefined) words.push(`tagged ${target.tags.join(" or ")}`);
  if (target.endsBefore !== undefined)
    words.push(`ending before ${target.endsBefore.slice(0, 10)}`);
  if (target.keyAlgorithm !== undefined) words.push(`with a key of ${target.keyAlgorithm}`);
  if (target.state !== undefined) words.push(`in state ${target.state}`);
  const named = target.certificateIds?.length;
  if (named !== undefined) {
    words.push(
      named === 1 ? "one certificate, chosen by hand" : `${named} certificates, chosen by hand`,
    );
  }
  return words;
}
