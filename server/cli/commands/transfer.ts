import { table, UsageError, type Command } from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { listOffers } from "#server/services/transfer/list.ts";
import { offerDevice } from "#server/services/transfer/offer.ts";
import { withdrawOffer } from "#server/services/transfer/withdraw.ts";

export const deviceOffer: Command = {
  words: ["device", "offer"],
  usage: "DEVICE_ID --kind claim|transfer [--days N]",
  summary: "Offer a device to whoever presents the code, which is printed this once.",
  options: ["kind", "days"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const kind = at.required("kind");
    if (kind !== "claim" && kind !== "transfer") {
      throw new UsageError("--kind is claim or transfer.");
    }
    const days = at.option("days") === undefined ? {} : { days: at.number("days", 7, 1) };
    const { ctx } = await at.session();
    const offer = await offerDevice(ctx, { deviceId, kind, ...days });
    const link = `${new URL("/onboard/claim", at.env.PUBLIC_URL).href}#${offer.code}`;
    return {
      json: { ...offer, link },
      text: [`Code ${offer.code}, valid until ${offer.expiresAt}.`, link].join("\n"),
    };
  },
};

export const deviceOffers: Command = {
  words: ["device", "offers"],
  usage: "DEVICE_ID",
  summary: "List the offers of a device.",
  options: [],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const { ctx } = await at.session();
    const offers = await listOffers(ctx, { deviceId });
    const rows = offers.map(({ id, kind, state, expiresAt, createdBy }) => {
      return [id, kind, state, expiresAt ?? "", createdBy];
    });
    return { json: offers, text: offers.length === 0 ? "No offers." : table(rows) };
  },
};

export const deviceWithdrawOffer: Command = {
  words: ["device", "withdraw-offer"],
  usage: "DEVICE_ID --offer OFFER_ID",
  summary: "Withdraw an offer: its code is worth nothing from then on.",
  options: ["offer"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const offerId = at.required("offer");
    const { ctx } = await at.session();
    const withdrawn = await withdrawOffer(ctx, { deviceId, offerId });
    return { json: withdrawn, text: `The offer ${withdrawn.offerId} is withdrawn.` };
  },
};

export const deviceClaim: Command = {
  words: ["device", "claim"],
  usage: "--code CODE|- [--name NAME] [--profile PROFILE]",
  summary: "Take a device over with its code; - reads the code from standard input.",
  options: ["code", "name", "profile"],
  run: async (at) => {
    at.required("code");
    const code = (await at.secret("code")) ?? "";
    const name = at.option("name");
    const profile = at.option("profile");
    const { ctx } = await at.session();
    const claimed = await claimDevice(ctx, {
      code,
      ...(name === undefined ? {} : { name }),
      ...(profile === undefined ? {} : { profileId: await profileIdOf(ctx, profile) }),
    });
    const from = claimed.from === null ? "" : ` It came from ${claimed.from}.`;
    return { json: claimed, text: `${claimed.deviceId} is yours.${from}` };
  },
};
