import { z } from "zod";

export const paletteSchema = z.object({ text: z.string().trim().min(1).max(128) });
