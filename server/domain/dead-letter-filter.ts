/** Characters of what dead letters are filtered by, at most. */
export const longestDeadLetterFilter = { reason: 64, device: 128, text: 128 } as const;

/** Largest file of dead letters that is imported, bytes. */
export const maxImportBytes = 10_485_760;
