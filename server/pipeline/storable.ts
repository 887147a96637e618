/** Text as PostgreSQL takes it: without U+0000 and halves of surrogate pairs. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}
