/**
 * The ways in which devices ask to be enrolled over MQTT, one file each: pure functions from topic and
 * payload to what is asked, and from what became of it to the reply.
 */
import type { EnrolmentAnswer, EnrolmentEvidence } from "#server/services/enrolment/answer.ts";

export type EnrolmentRefused = Extract<EnrolmentAnswer, { readonly state: "refused" }>;

/** Who asks, as the connection knows it. */
export type Caller = {
  readonly clientId: string;
  /** Claim id, DPS id scope or template name of the group. */
  readonly publicId: string;
  readonly groupName: string;
  /** Of a registration by symmetric key: its id, and the key that device and server derive. */
  readonly registration: { readonly id: string; readonly key: string } | undefined;
  /** Parameters of what was asked before on this connection, for those who only ask again. */
  readonly before: Readonly<Record<string, string>>;
  /** Name by which the device found this server. */
  readonly hub: string;
  readonly now: Date;
};

/** What the server says to the one who asked. */
export type Reply = { readonly topic: string; readonly payload: Buffer };

/** What a device brings, without how it came. */
export type Evidence = Pick<
  EnrolmentEvidence,
  "registrationId" | "serial" | "subject" | "parameters" | "ask"
>;

/** What was asked, and how its answer is said. */
export type Asked =
  | {
      readonly kind: "enrol";
      readonly evidence: Evidence;
      /** Whether a second step will be asked for, for which the device is given a token. */
      readonly inTwoSteps: boolean;
      /** @param token of the second step; empty when there is none */
      readonly reply: (answer: EnrolmentAnswer, token: string) => Reply;
    }
  | {
      /** The second step. */
      readonly kind: "redeem";
      readonly token: string;
      /** @param deviceId of the device that the token was given to; undefined when it counts no more */
      readonly reply: (deviceId: string | undefined) => Reply;
    }
  | {
      /** It cannot be read. */
      readonly kind: "refused";
      readonly refused: EnrolmentRefused;
      readonly reply: Reply;
    };

/** A topic on which enrolment is asked for: reads what is published there. */
export type EnrolmentDoor = (payload: Buffer, caller: Caller) => Asked;

/** The caller as far as topics depend on it. */
export type TopicOwner = Pick<Caller, "publicId" | "groupName">;

/** One way to ask. */
export type Dialect = {
  /** Filters that together select what the server may answer, and nothing else. */
  readonly answers: (owner: TopicOwner) => readonly string[];
  /** @returns undefined when the topic is none on which it is asked */
  readonly door: (owner: TopicOwner, topic: string) => EnrolmentDoor | undefined;
  /** Where it is asked, for those who asked elsewhere. */
  readonly asks: (owner: TopicOwner) => string;
};

/** A refusal of what could not even be handed on. */
export function unreadable(
  reason: EnrolmentRefused["reason"],
  detail: string,
  remedy: string,
): EnrolmentRefused {
  return { state: "refused", reason, detail, remedy };
}
