"use client";
import { Select } from "#components/ui/select.tsx";
import { roleNames, roles, type Role } from "#server/domain/roles.ts";

const options = roles.map((value) => ({ value, label: roleNames[value] }));

/** The five seats. Inside a Field, or with `label` of its own. */
export function RoleSelect({
  value,
  onChange,
  label,
  disabled = false,
}: {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
  readonly label?: string;
  readonly disabled?: boolean;
}) {
  return (
    <Select
      options={options}
      value={value}
      disabled={disabled}
      {...(label !== undefined && { "aria-label": label })}
      onChange={(event) => {
        const chosen = roles.find((role) => role === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    />
  );
}
