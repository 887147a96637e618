import type { Command } from "#server/cli/command.ts";
import { auditVerify } from "#server/cli/commands/audit-verify.ts";
import { certificateIssue } from "#server/cli/commands/certificate-issue.ts";
import { deadLetterExport, deadLetterImport } from "#server/cli/commands/dead-letter-export.ts";
import { deadLetterGroups } from "#server/cli/commands/dead-letter-groups.ts";
import { deadLetterList } from "#server/cli/commands/dead-letter-list.ts";
import {
  deadLetterCancel,
  deadLetterDiscard,
  deadLetterDryRun,
  deadLetterReplay,
  deadLetterRun,
} from "#server/cli/commands/dead-letter-replay.ts";
import { deviceCreate } from "#server/cli/commands/device-create.ts";
import {
  deviceCredentialList,
  devicePassword,
  deviceRevokeCredential,
  deviceRotateSasKey,
  deviceSasKey,
} from "#server/cli/commands/device-credential.ts";
import { deviceDecommission } from "#server/cli/commands/device-decommission.ts";
import { deviceList } from "#server/cli/commands/device-list.ts";
import { deviceRevoke } from "#server/cli/commands/device-revoke.ts";
import { deviceShow } from "#server/cli/commands/device-show.ts";
import { doctor } from "#server/cli/commands/doctor.ts";
import { follow } from "#server/cli/commands/follow.ts";
import { ledgerAcknowledge, ledgerDifferences } from "#server/cli/commands/ledger-difference.ts";
import { ledger } from "#server/cli/commands/ledger.ts";
import { limitList, limitReset, limitSet } from "#server/cli/commands/limit.ts";
import { profileCreate } from "#server/cli/commands/profile-create.ts";
import { refusedList } from "#server/cli/commands/refused-list.ts";
import { schemaBind } from "#server/cli/commands/schema-bind.ts";
import { schemaInfer } from "#server/cli/commands/schema-infer.ts";
import { schemaList } from "#server/cli/commands/schema-list.ts";
import { schemaPublish } from "#server/cli/commands/schema-publish.ts";
import { schemaShow } from "#server/cli/commands/schema-show.ts";
import { serviceClientCreate } from "#server/cli/commands/service-client-create.ts";
import { serviceClientGrants } from "#server/cli/commands/service-client-grants.ts";
import { serviceClientList } from "#server/cli/commands/service-client-list.ts";
import {
  serviceClientPassword,
  serviceClientRevoke,
} from "#server/cli/commands/service-client-password.ts";
import {
  serviceClientRemove,
  serviceClientResume,
  serviceClientSuspend,
} from "#server/cli/commands/service-client-state.ts";
import { setupLink } from "#server/cli/commands/setup-link.ts";
import { simulateCommand } from "#server/cli/commands/simulate.ts";
import { telemetry } from "#server/cli/commands/telemetry.ts";
import { tokenCreate } from "#server/cli/commands/token-create.ts";
import { workersRestart } from "#server/cli/commands/workers-restart.ts";

/** Everything that the command line can do. */
export const commands: readonly Command[] = [
  tokenCreate,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceRevoke,
  deviceDecommission,
  devicePassword,
  deviceSasKey,
  deviceRotateSasKey,
  deviceCredentialList,
  deviceRevokeCredential,
  serviceClientCreate,
  serviceClientList,
  serviceClientGrants,
  serviceClientPassword,
  serviceClientRevoke,
  serviceClientSuspend,
  serviceClientResume,
  serviceClientRemove,
  limitList,
  limitSet,
  limitReset,
  certificateIssue,
  profileCreate,
  schemaList,
  schemaShow,
  schemaPublish,
  schemaInfer,
  schemaBind,
  telemetry,
  deadLetterList,
  deadLetterGroups,
  deadLetterDryRun,
  deadLetterReplay,
  deadLetterDiscard,
  deadLetterRun,
  deadLetterCancel,
  deadLetterExport,
  deadLetterImport,
  refusedList,
  ledger,
  ledgerDifferences,
  ledgerAcknowledge,
  follow,
  auditVerify,
  simulateCommand,
  setupLink,
  doctor,
  workersRestart,
];
