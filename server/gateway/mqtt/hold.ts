/** Reasons for not reading a socket, as bits; connection.ts says when each applies. */
export const hold = {
  room: 1,
  window: 2,
  unsent: 4,
  identify: 8,
  stop: 16,
  rate: 32,
  store: 64,
  child: 128,
} as const;
