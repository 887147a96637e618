import { z } from "zod";
import { createProfile } from "#server/services/profile/create.ts";
import { listProfiles } from "#server/services/profile/list.ts";

const tag = "Profiles";

export const listProfilesRoute = {
  method: "get",
  path: "/profiles",
  tag,
  summary: "List profiles with their fields",
  operation: listProfiles,
  request: listProfiles.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      description: z.string(),
      open: z.boolean(),
      expectedContactSeconds: z.int(),
      certificateDays: z.int(),
      schemaVersion: z.int(),
      fields: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          unit: z.string().nullable(),
          position: z.int(),
        }),
      ),
    }),
  ),
} as const;

export const createProfileRoute = {
  method: "post",
  path: "/profiles",
  tag,
  summary: "Create a profile with the JSON Schema of its devices' messages",
  operation: createProfile,
  request: createProfile.input,
  response: z.object({
    id: z.uuid(),
    name: z.string(),
    schemaVersion: z.int(),
    fields: z.array(z.string()),
  }),
  status: 201,
} as const;
