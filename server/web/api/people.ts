import { z } from "zod";
import { roles } from "#server/domain/roles.ts";
import { changeUserRole } from "#server/services/user/change-role.ts";
import { disableUser } from "#server/services/user/disable.ts";
import { enableUser } from "#server/services/user/enable.ts";
import { inviteUser } from "#server/services/user/invite.ts";
import { listUsers } from "#server/services/user/list.ts";

const instant = z.iso.datetime();
const tag = "People";

export const listPeopleRoute = {
  method: "get",
  path: "/people",
  tag,
  summary: "List people and open invitations",
  operation: listUsers,
  request: listUsers.input,
  response: z.object({
    people: z.array(
      z.object({
        id: z.uuid(),
        email: z.string(),
        name: z.string(),
        role: z.enum(roles),
        state: z.enum(["active", "disabled"]),
        createdAt: instant,
        lastSeenAt: instant.nullable(),
      }),
    ),
    invitations: z.array(
      z.object({
        id: z.uuid(),
        email: z.string(),
        name: z.string(),
        role: z.enum(roles),
        createdBy: z.string(),
        expiresAt: instant,
      }),
    ),
  }),
} as const;

export const invitePersonRoute = {
  method: "post",
  path: "/people/invitations",
  tag,
  summary: "Invite a person; the one-time link is /invite#<token> of the console",
  operation: inviteUser,
  request: inviteUser.input,
  response: z.object({
    invitationId: z.uuid(),
    email: z.string(),
    token: z.string(),
    expiresAt: instant,
  }),
  status: 201,
} as const;

export const changeRoleRoute = {
  method: "put",
  path: "/people/{userId}/role",
  tag,
  summary: "Give a person another role",
  operation: changeUserRole,
  request: changeUserRole.input,
  response: z.object({ id: z.uuid(), role: z.enum(roles) }),
} as const;

export const disablePersonRoute = {
  method: "post",
  path: "/people/{userId}/disable",
  tag,
  summary: "Disable a person; their sessions end at once",
  operation: disableUser,
  request: disableUser.input,
  response: z.object({ id: z.uuid(), sessionsEnded: z.int(), liveTokens: z.int() }),
} as const;

export const enablePersonRoute = {
  method: "post",
  path: "/people/{userId}/enable",
  tag,
  summary: "Enable a disabled person",
  operation: enableUser,
  request: enableUser.input,
  response: z.object({ id: z.uuid() }),
} as const;
