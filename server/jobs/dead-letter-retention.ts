import type { Database } from "#server/db/client.ts";
import {
  forgetDeadLetterGroups,
  forgetDeadLetters,
  readLetterRetention,
} from "#server/db/forget-dead-letters.ts";
import { dataCategories } from "#server/domain/data-category.ts";
import { defaultRetentionDays } from "#server/domain/dead-letter-retention.ts";
import type { Job } from "#server/jobs/runner.ts";

/** Deletes dead letters that are older than their category is kept. */
export function deadLetterRetention(db: Database): Job {
  return {
    name: "deadLetters.retention",
    everyMs: 3_600_000,
    run: async () => {
      const { tenantIds, said } = await readLetterRetention(db);
      let letters = 0;
      for (const tenantId of tenantIds) {
        const own = said.filter((each) => each.tenantId === tenantId);
        for (const category of dataCategories) {
          const days =
            own.find((each) => each.category === category)?.days ?? defaultRetentionDays[category];
          letters += await forgetDeadLetters(db, { tenantId, category, days });
        }
      }
      const groups = await forgetDeadLetterGroups(db);
      return `${letters} dead letters and ${groups} groups were too old`;
    },
  };
}
