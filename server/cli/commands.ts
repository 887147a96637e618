import type { Command } from "#server/cli/command.ts";
import { alertAcknowledge, alertList } from "#server/cli/commands/alert.ts";
import { auditVerify } from "#server/cli/commands/audit-verify.ts";
import {
  authorityExportRoot,
  authorityImport,
  authorityList,
  authorityRemoveRoot,
  authorityRenew,
  authorityRequest,
  authorityRetire,
} from "#server/cli/commands/authority.ts";
import {
  batchApprove,
  batchBundleCommand,
  batchCancel,
  batchCreate,
  batchLabelsCommand,
  batchList,
  batchReject,
  batchShow,
  batchStart,
} from "#server/cli/commands/batch.ts";
import {
  bulkCancel,
  bulkList,
  bulkPreview,
  bulkReportCommand,
  bulkShow,
  bulkStart,
} from "#server/cli/commands/bulk.ts";
import {
  campaignCancel,
  campaignCreate,
  campaignList,
  campaignPause,
  campaignPreviewCommand,
  campaignReportCommand,
  campaignResume,
  campaignShow,
  campaignStart,
} from "#server/cli/commands/campaign.ts";
import {
  certificateExport,
  certificateList,
  certificateShow,
} from "#server/cli/commands/certificate-inventory.ts";
import { certificateIssue } from "#server/cli/commands/certificate-issue.ts";
import {
  certificateAskRenewal,
  certificateRotation,
  ticketCreate,
  ticketList,
  ticketRevoke,
} from "#server/cli/commands/certificate-renewal.ts";
import {
  certificateRelease,
  certificateRevoke,
  certificateRevokeMany,
  certificateSuspend,
} from "#server/cli/commands/certificate-revoke.ts";
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
import { dashboardExport, dashboardImport, dashboardList } from "#server/cli/commands/dashboard.ts";
import { deviceApprove } from "#server/cli/commands/device-approve.ts";
import { deviceCreate } from "#server/cli/commands/device-create.ts";
import {
  deviceCredentialList,
  devicePassword,
  devicePsk,
  deviceRevokeCredential,
  deviceRotatePsk,
  deviceRotateSasKey,
  deviceSasKey,
} from "#server/cli/commands/device-credential.ts";
import {
  deviceDecommission,
  deviceDecommissionProof,
} from "#server/cli/commands/device-decommission.ts";
import {
  deviceAddChildren,
  deviceAttach,
  deviceChildPolicy,
  deviceChildren,
  deviceDetach,
} from "#server/cli/commands/gateway.ts";
import { availabilityShow, devicePresence } from "#server/cli/commands/availability.ts";
import { organisationCreate } from "#server/cli/commands/organisation-create.ts";
import {
  deviceClaim,
  deviceOffer,
  deviceOffers,
  deviceWithdrawOffer,
} from "#server/cli/commands/transfer.ts";
import {
  groupCreate,
  groupDelete,
  groupList,
  groupMembers,
} from "#server/cli/commands/device-group.ts";
import { deviceList } from "#server/cli/commands/device-list.ts";
import { deviceRevoke } from "#server/cli/commands/device-revoke.ts";
import { deviceShow } from "#server/cli/commands/device-show.ts";
import { doctor } from "#server/cli/commands/doctor.ts";
import {
  claimCertificateCreate,
  customerCaDisable,
  customerCaEnable,
  customerCaProve,
  customerCaRegister,
  customerCaRemove,
  enrolmentCredentialRevoke,
  enrolmentGroupRotateKey,
  enrolmentSecretCreate,
} from "#server/cli/commands/enrolment-credential.ts";
import {
  enrolmentGroupCreate,
  enrolmentGroupDisable,
  enrolmentGroupEnable,
  enrolmentGroupList,
  enrolmentGroupPreview,
  enrolmentGroupRules,
  enrolmentGroupShow,
} from "#server/cli/commands/enrolment-group.ts";
import {
  enrolmentRequestApprove,
  enrolmentRequestList,
  enrolmentRequestRefuse,
} from "#server/cli/commands/enrolment-request.ts";
import {
  exportCancel,
  exportDevicesCommand,
  exportFetch,
  exportList,
  exportShow,
  exportTelemetry,
} from "#server/cli/commands/export.ts";
import { follow } from "#server/cli/commands/follow.ts";
import { ledgerAcknowledge, ledgerDifferences } from "#server/cli/commands/ledger-difference.ts";
import { ledger } from "#server/cli/commands/ledger.ts";
import { limitList, limitReset, limitSet } from "#server/cli/commands/limit.ts";
import { profileCreate } from "#server/cli/commands/profile-create.ts";
import {
  profileApprove,
  profileChange,
  profileDraft,
  profileList,
  profileShow,
  profileTrafficCommand,
} from "#server/cli/commands/profile.ts";
import { refusedList } from "#server/cli/commands/refused-list.ts";
import { revocationList, revocationProofCommand } from "#server/cli/commands/revocation.ts";
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
import { telemetryLatest, telemetryQuery } from "#server/cli/commands/telemetry-queries.ts";
import { telemetry } from "#server/cli/commands/telemetry.ts";
import { rollupsRebuild, storage } from "#server/cli/commands/storage.ts";
import { tlsProbe, tlsProbeDevice, tlsProfile } from "#server/cli/commands/tls.ts";
import { tokenCreate } from "#server/cli/commands/token-create.ts";
import {
  trustAnchorAdd,
  trustAnchorChange,
  trustAnchorList,
  trustAnchorRemove,
} from "#server/cli/commands/trust-anchor.ts";
import { workersRestart } from "#server/cli/commands/workers-restart.ts";

/** Everything that the command line can do. */
export const commands: readonly Command[] = [
  alertList,
  alertAcknowledge,
  tokenCreate,
  deviceCreate,
  deviceList,
  deviceShow,
  devicePresence,
  availabilityShow,
  deviceRevoke,
  deviceDecommission,
  deviceApprove,
  batchCreate,
  batchShow,
  batchList,
  batchStart,
  batchApprove,
  batchReject,
  batchCancel,
  batchBundleCommand,
  batchLabelsCommand,
  campaignPreviewCommand,
  campaignCreate,
  campaignList,
  campaignShow,
  campaignStart,
  campaignPause,
  campaignResume,
  campaignCancel,
  campaignReportCommand,
  groupList,
  groupCreate,
  groupMembers,
  groupDelete,
  deviceDecommissionProof,
  deviceAttach,
  deviceDetach,
  deviceChildren,
  deviceAddChildren,
  deviceChildPolicy,
  deviceOffer,
  deviceOffers,
  deviceWithdrawOffer,
  deviceClaim,
  organisationCreate,
  devicePassword,
  deviceSasKey,
  deviceRotateSasKey,
  devicePsk,
  deviceRotatePsk,
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
  storage,
  rollupsRebuild,
  authorityList,
  authorityRenew,
  authorityRequest,
  authorityImport,
  authorityExportRoot,
  authorityRemoveRoot,
  authorityRetire,
  tlsProfile,
  tlsProbe,
  tlsProbeDevice,
  certificateIssue,
  certificateList,
  certificateShow,
  certificateExport,
  trustAnchorList,
  trustAnchorAdd,
  trustAnchorChange,
  trustAnchorRemove,
  certificateAskRenewal,
  certificateRotation,
  ticketCreate,
  ticketList,
  ticketRevoke,
  certificateRevoke,
  certificateSuspend,
  certificateRelease,
  certificateRevokeMany,
  revocationList,
  revocationProofCommand,
  enrolmentGroupCreate,
  enrolmentGroupList,
  enrolmentGroupShow,
  enrolmentGroupRules,
  enrolmentGroupEnable,
  enrolmentGroupDisable,
  enrolmentGroupPreview,
  enrolmentGroupRotateKey,
  claimCertificateCreate,
  enrolmentSecretCreate,
  enrolmentCredentialRevoke,
  customerCaRegister,
  customerCaProve,
  customerCaEnable,
  customerCaDisable,
  customerCaRemove,
  enrolmentRequestList,
  enrolmentRequestApprove,
  enrolmentRequestRefuse,
  profileCreate,
  profileList,
  profileShow,
  profileChange,
  profileApprove,
  profileTrafficCommand,
  profileDraft,
  schemaList,
  schemaShow,
  schemaPublish,
  schemaInfer,
  schemaBind,
  telemetry,
  telemetryQuery,
  telemetryLatest,
  dashboardList,
  dashboardExport,
  dashboardImport,
  bulkPreview,
  bulkStart,
  bulkList,
  bulkShow,
  bulkCancel,
  bulkReportCommand,
  exportTelemetry,
  exportDevicesCommand,
  exportList,
  exportShow,
  exportFetch,
  exportCancel,
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
