/** How alerts are sent. */
export const channelKinds = ["email", "webhook"] as const;
export type ChannelKind = (typeof channelKinds)[number];
