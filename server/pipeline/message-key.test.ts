import { describe, expect, it } from "vitest";
import {
  documentKey,
  keyOfDocument,
  keyOfId,
  keyOfSeq,
  messageKey,
} from "#server/pipeline/message-key.ts";
import type { Hash64 } from "#server/pipeline/murmur3.ts";

const reading = { values: { a: 1 }, id: undefined, seq: undefined, ts: 1, schema: undefined };
const nothing = Buffer.from("{}");
const text = ({ hi, lo }: Hash64 = { hi: 0, lo: 0 }): string =>
  BigInt.asIntN(64, (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)).toString();

describe("the key that a message is found by", () => {
  it.each(["a", "17", "pump-4711", "é".repeat(32)])("is that under which id %s is stored", (id) => {
    expect(keyOfId(id).toString()).toBe(text(messageKey({ ...reading, id }, nothing, true)));
  });

  it("tells a sequence number from an id with the same digits", () => {
    expect(keyOfSeq("17").toString()).toBe(
      text(messageKey({ ...reading, seq: "17" }, nothing, true)),
    );
    expect(keyOfSeq("17")).not.toBe(keyOfId("17"));
  });

  it("of a document depends on its channel", () => {
    const named = { id: "e1", seq: undefined };
    expect(keyOfDocument("state", named)?.toString()).toBe(text(documentKey("state", named)));
    expect(keyOfDocument("state", named)).not.toBe(keyOfDocument("log", named));
    expect(keyOfDocument("log", { id: undefined, seq: undefined })).toBeUndefined();
  });
});
