/** Which kept messages are read: the newest, bounded in number and in bytes. */
export type KeptMessages = {
  readonly tenantId: string;
  readonly profileIds: readonly string[];
  readonly since: Date;
  readonly most: number;
  readonly mostBytes: number;
};

/** A message whose bytes were kept. */
export type KeptMessageRow = {
  readonly profileId: string;
  readonly deviceKey: bigint;
  readonly deviceId: string;
  /** "telemetry", "telemetry/pump" */
  readonly channel: string;
  /** Empty where the device said nothing. */
  readonly contentType: string;
  readonly receivedAt: Date;
  readonly firmware: string | null;
  readonly payload: Uint8Array;
  /** What came beside the payload: id, ts, seq, schema. */
  readonly properties: unknown;
  /** Of the device. */
  readonly attributes: unknown;
};
