import { z } from "zod";

/** Devices whose marks one chart shows. */
const maxAnnotatedDevices = 50;

const id = z.uuid("This is no note's id.");
const text = z.string().trim().min(1, "Write what happened.").max(500, "At most 500 characters.");

const earliest = new Date("1970-01-01T00:00:00Z");
const latest = new Date("2100-01-01T00:00:00Z");

/** Epoch milliseconds come as text in addresses. */
const epochMs = (value: unknown): unknown =>
  typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
const edge = z.preprocess(epochMs, z.coerce.date("This is no instant."));
const instant = z.preprocess(
  epochMs,
  z.coerce
    .date("This is no instant.")
    .min(earliest, "Not before 1970.")
    .max(latest, "Not after 2099."),
);

const inOrder = ({ from, to }: { readonly from: Date; readonly to: Date | null }): boolean =>
  to === null || from < to;
const order = { path: ["to"], message: "The end must be after the beginning." };

const span = {
  from: instant,
  /** Null: an instant. */
  to: instant.nullable().default(null),
};

export const createAnnotationSchema = z
  .object({
    /** UUID; null: for every device. */
    deviceId: z.uuid("This is no device's id.").nullable().default(null),
    ...span,
    text,
  })
  .refine(inOrder, order);

const revision = z.int("Which revision was changed?").min(1);

export const changeAnnotationSchema = z
  .object({
    id,
    /** The one that was read: a newer one is not overwritten. */
    revision,
    ...span,
    text,
  })
  .refine(inOrder, order);

export const removeAnnotationSchema = z.object({ id, revision });

export const listAnnotationsSchema = z
  .object({
    /** UUIDs; none: only what concerns every device. */
    devices: z
      .array(z.uuid())
      .max(maxAnnotatedDevices, `at most ${maxAnnotatedDevices} devices`)
      .default([]),
    from: edge,
    to: edge,
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" });
