/** Words of the frame around every page. */
export const layoutText = {
  product: "Quayside",
} as const;
