import fc from "fast-check";
import { generate, type Packet } from "mqtt-packet";
import { describe, expect, test } from "vitest";
import { createCodec } from "#server/gateway/mqtt/codec.ts";
import { forwardedOfWill, strictProblem } from "#server/gateway/mqtt/strict.ts";

function problemOf(hex: string, version: 4 | 5): string {
  const found = strictProblem(Buffer.from(hex.replaceAll(" ", ""), "hex"), version);
  return found === undefined ? "none" : `${found.cause}: ${found.problem}`;
}

/** CONNECT of MQTT 5 or 3.1.1 with flags and what follows the keep alive. */
function connect(level: 4 | 5, flags: string, rest: string): string {
  const body = `00044d515454 ${level === 5 ? "05" : "04"} ${flags} 003c ${rest}`.replaceAll(
    " ",
    "",
  );
  return `10${(body.length / 2).toString(16).padStart(2, "0")}${body}`;
}

describe("sound packets", () => {
  test.each([
    ["PINGREQ", "c000", 4],
    ["PINGREQ", "c000", 5],
    ["DISCONNECT of 3.1.1", "e000", 4],
    ["DISCONNECT", "e000", 5],
    ["DISCONNECT with reason", "e00104", 5],
    ["DISCONNECT with expiry", "e007 00 05 1100000000", 5],
    ["PUBACK", "40020001", 4],
    ["PUBACK with reason", "4003000110", 5],
    ["PUBREC with reason string", "5008 0001 80 04 1f0001 61", 5],
    ["PUBREL", "62020001", 5],
    ["PUBCOMP", "70020001", 4],
    ["SUBSCRIBE of 3.1.1", "8206 0001 000161 02", 4],
    ["SUBSCRIBE", "820a 0001 03 0b8001 000161 2e", 5],
    ["SUBSCRIBE of a share", "8211 0001 00 000b 2473686172652f672f6161 02", 5],
    ["UNSUBSCRIBE", "a206 0001 00 000161", 5],
    ["UNSUBSCRIBE of 3.1.1", "a205 0001 000161", 4],
    ["CONNECT", connect(5, "02", "00 000161"), 5],
    ["CONNECT of 3.1.1", connect(4, "c2", "000161 000162 000163"), 5],
    ["CONNECT with a password alone", connect(5, "42", "00 000161 000162"), 5],
    ["a padded length in 3.1.1", "c08000", 4],
  ] as const)("%s", (_, hex, version) => expect(problemOf(hex, version)).toBe("none"));
});

describe("packets that are not", () => {
  test.each([
    ["reserved type", "0000", 5, "malformed: Its packet type is reserved."],
    ["AUTH in 3.1.1", "f000", 4, "malformed: Its packet type is reserved."],
    ["CONNACK", "20020000", 4, "protocol-error: Only a server sends packets of its type."],
    ["SUBACK", "9003000100", 4, "protocol-error: Only a server sends packets of its type."],
    ["UNSUBACK", "b0020001", 4, "protocol-error: Only a server sends packets of its type."],
    ["PINGRESP", "d000", 5, "protocol-error: Only a server sends packets of its type."],
    ...["11", "41", "51", "60", "71", "80", "a0", "c1", "e1"].map(
      (header) =>
        [
          `flags of ${header}`,
          `${header}020001`,
          5,
          "malformed: Reserved bits of its fixed header are set otherwise.",
        ] as const,
    ),
    [
      "padded length",
      "c08000",
      5,
      "malformed: The remaining length takes more bytes than it needs.",
    ],
    [
      "five bytes of length",
      "c0ffffffff01",
      5,
      "malformed: The remaining length has more than four bytes.",
    ],
    [
      "bytes behind PINGREQ",
      "c00100",
      4,
      "malformed: There are bytes behind the end of its content.",
    ],
    [
      "bytes behind DISCONNECT",
      "e00100",
      4,
      "malformed: There are bytes behind the end of its content.",
    ],
    [
      "bytes behind PUBACK",
      "4003000100",
      4,
      "malformed: There are bytes behind the end of its content.",
    ],
    [
      "bytes behind properties",
      "40050001000000",
      5,
      "malformed: There are bytes behind the end of its content.",
    ],
    ["half an identifier", "400100", 5, "malformed: The packet identifier is cut off."],
    ["identifier 0", "40020000", 5, "protocol-error: The packet identifier is 0."],
    ["no filter", "8203000100", 5, "protocol-error: SUBSCRIBE holds no topic filter."],
    ["no filter in 3.1.1", "82020001", 4, "protocol-error: SUBSCRIBE holds no topic filter."],
    ["no filter to leave", "a203000100", 5, "protocol-error: UNSUBSCRIBE holds no topic filter."],
    [
      "no options",
      "8206 0001 00 000161",
      5,
      "malformed: The options of a subscription is cut off.",
    ],
    [
      "reserved options",
      "8207 0001 00 000161 40",
      5,
      "malformed: Reserved bits of a subscription's options are set.",
    ],
    [
      "reserved options of 3.1.1",
      "8206 0001 000161 04",
      4,
      "malformed: Reserved bits of a subscription's options are set.",
    ],
    ["QoS 3", "8207 0001 00 000161 03", 5, "malformed: A subscription asks for QoS 3."],
    ["QoS 3 of 3.1.1", "8206 0001 000161 03", 4, "malformed: A subscription asks for QoS 3."],
    [
      "retain handling 3",
      "8207 0001 00 000161 30",
      5,
      "protocol-error: A subscription has the retain handling 3.",
    ],
    [
      "No Local of a share",
      "8211 0001 00 000b 2473686172652f672f6161 06",
      5,
      "protocol-error: A shared subscription has No Local set.",
    ],
    [
      "null in a filter",
      "8207 0001 00 000100 00",
      5,
      "malformed: A topic filter holds a null character.",
    ],
    ["no UTF-8 in a filter", "a206 0001 00 0001ff", 5, "malformed: A topic filter is not UTF-8."],
    [
      "subscription identifier 0",
      "8209 0001 02 0b00 000161 00",
      5,
      "protocol-error: The property subscription identifier must not be 0.",
    ],
    [
      "two subscription identifiers",
      "820b 0001 04 0b010b02 000161 00",
      5,
      "protocol-error: The property subscription identifier is there more than once.",
    ],
    [
      "a reason that servers give",
      "e0018b",
      5,
      "protocol-error: A client does not disconnect with the reason code 139.",
    ],
    [
      "a property from elsewhere",
      "8209 0001 02 0101 000161 00",
      5,
      "protocol-error: The property payload format indicator does not belong in SUBSCRIBE.",
    ],
    [
      "an unknown property",
      "8209 0001 02 7f01 000161 00",
      5,
      "malformed: There is no property 127.",
    ],
    [
      "properties cut off",
      "8207 0001 05 00016100",
      5,
      "malformed: The properties of SUBSCRIBE are cut off.",
    ],
    [
      "reserved connect flag",
      connect(5, "03", "00 000161"),
      5,
      "malformed: The reserved connect flag is set.",
    ],
    [
      "will QoS without will",
      connect(5, "0a", "00 000161"),
      5,
      "malformed: The QoS or retain flag of a will is set, and there is no will.",
    ],
    [
      "will retain without will",
      connect(4, "22", "000161"),
      4,
      "malformed: The QoS or retain flag of a will is set, and there is no will.",
    ],
    [
      "will QoS 3",
      connect(5, "1e", "00 000161 00 000162 0000"),
      5,
      "malformed: The will has QoS 3.",
    ],
    [
      "password without user name in 3.1.1",
      connect(4, "42", "000161 000162"),
      4,
      "malformed: There is a password without a user name.",
    ],
    [
      "null in the client id",
      connect(5, "02", "00 000100"),
      5,
      "malformed: The client identifier holds a null character.",
    ],
    [
      "surrogate in the user name",
      connect(5, "82", "00 000161 0003eda080"),
      5,
      "malformed: The user name is not UTF-8.",
    ],
    [
      "null in the will topic",
      connect(5, "06", "00 000161 00 000100 0000"),
      5,
      "malformed: The will's topic holds a null character.",
    ],
    ["no password", connect(5, "c2", "00 000161 000162"), 5, "malformed: The password is cut off."],
    [
      "bytes behind",
      connect(5, "02", "00 000161 00"),
      5,
      "malformed: There are bytes behind the end of its content.",
    ],
    [
      "receive maximum 0",
      connect(5, "02", "03 210000 000161"),
      5,
      "protocol-error: The property receive maximum must not be 0.",
    ],
    [
      "maximum packet size 0",
      connect(5, "02", "05 2700000000 000161"),
      5,
      "protocol-error: The property maximum packet size must not be 0.",
    ],
    [
      "request problem 2",
      connect(5, "02", "02 1702 000161"),
      5,
      "protocol-error: The property request problem information is neither 0 nor 1.",
    ],
    [
      "data without method",
      connect(5, "02", "04 16000161 000161"),
      5,
      "protocol-error: There is authentication data without a method.",
    ],
    [
      "will delay in CONNECT",
      connect(5, "02", "05 1800000000 000161"),
      5,
      "protocol-error: The property will delay interval does not belong in CONNECT.",
    ],
  ] as const)("%s", (_, hex, version, problem) => expect(problemOf(hex, version)).toBe(problem));

  test("are refused by the decoder with their cause", () => {
    const decoded = createCodec().decode(Buffer.from("e0018b", "hex"), 5);
    expect(decoded).toMatchObject({ cmd: "malformed", cause: "protocol-error" });
  });
});

describe("what a will passes on", () => {
  const frame = (hex: string) => Buffer.from(hex, "hex");

  test("is unchanged and in order, without its delay and expiry", () => {
    const pairs = "2600016200017a260001610001792600016200017a";
    const properties = `1800000005 ${pairs} 0200000009 0101`.replaceAll(" ", "");
    const length = (properties.length / 2).toString(16);
    const given = connect(5, "06", `00 000161 ${length} ${properties} 000174 000170`);

    expect(strictProblem(frame(given), 5)).toBeUndefined();
    expect(forwardedOfWill(frame(given)).toString("hex")).toBe(`${pairs}0101`);
  });

  test("is nothing without a will, without properties and in 3.1.1", () => {
    expect(forwardedOfWill(frame(connect(5, "02", "00 000161")))).toHaveLength(0);
    expect(forwardedOfWill(frame(connect(5, "06", "00 000161 00 000174 0000")))).toHaveLength(0);
    expect(forwardedOfWill(frame(connect(4, "06", "000161 000174 0000")))).toHaveLength(0);
  });
});

test("packets that another library writes are sound, and cut short they are not", () => {
  const packets: Packet[] = [
    {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 5,
      clean: true,
      clientId: "a",
      keepalive: 1,
      username: "ü",
      password: Buffer.from([0, 255]),
      will: {
        topic: "t",
        payload: Buffer.from("p"),
        qos: 2,
        retain: true,
        properties: { contentType: "c", willDelayInterval: 3 },
      },
      properties: { receiveMaximum: 5, userProperties: { a: ["b", "c"] } },
    },
    {
      cmd: "subscribe",
      messageId: 2,
      subscriptions: [{ topic: "a/#", qos: 1, nl: true, rap: true, rh: 2 }],
      properties: { subscriptionIdentifier: 300 },
    },
    { cmd: "unsubscribe", messageId: 3, unsubscriptions: ["a/#"] },
    { cmd: "puback", messageId: 1, reasonCode: 0x87, properties: { reasonString: "x" } },
    { cmd: "disconnect", reasonCode: 4, properties: { sessionExpiryInterval: 9 } },
    {
      cmd: "auth",
      reasonCode: 0x18,
      properties: { authenticationMethod: "m", authenticationData: Buffer.from("d") },
    },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...packets), fc.integer({ min: 1, max: 3 }), (packet, cut) => {
      const bytes = generate(packet, { protocolVersion: 5 });
      expect(strictProblem(bytes, 5)).toBeUndefined();
      const shorter = Buffer.from(bytes.subarray(0, bytes.length - cut));
      if (shorter.length < 4) return;
      shorter.writeUInt8(shorter.length - 2, 1);
      expect(strictProblem(shorter, 5)).toBeDefined();
    }),
  );
});
