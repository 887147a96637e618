import type { Command } from "#server/cli/command.ts";
import { auditVerify } from "#server/cli/commands/audit-verify.ts";
import { certificateIssue } from "#server/cli/commands/certificate-issue.ts";
import { deadLetterList } from "#server/cli/commands/dead-letter-list.ts";
import { deviceCreate } from "#server/cli/commands/device-create.ts";
import { deviceDecommission } from "#server/cli/commands/device-decommission.ts";
import { deviceList } from "#server/cli/commands/device-list.ts";
import { deviceRevoke } from "#server/cli/commands/device-revoke.ts";
import { deviceShow } from "#server/cli/commands/device-show.ts";
import { doctor } from "#server/cli/commands/doctor.ts";
import { ledger } from "#server/cli/commands/ledger.ts";
import { profileCreate } from "#server/cli/commands/profile-create.ts";
import { setupLink } from "#server/cli/commands/setup-link.ts";
import { simulateCommand } from "#server/cli/commands/simulate.ts";
import { telemetry } from "#server/cli/commands/telemetry.ts";
import { tokenCreate } from "#server/cli/commands/token-create.ts";

/** Everything that the command line can do. */
export const commands: readonly Command[] = [
  tokenCreate,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceRevoke,
  deviceDecommission,
  certificateIssue,
  profileCreate,
  telemetry,
  deadLetterList,
  ledger,
  auditVerify,
  simulateCommand,
  setupLink,
  doctor,
];
