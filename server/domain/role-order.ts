import { grants, type Role } from "#server/domain/roles.ts";

/** Whether `role` may do nothing that `other` may not. */
export function grantsWithin(role: Role, other: Role): boolean {
  return grants[role].every((capability) => grants[other].includes(capability));
}
