import type { OpenedSession, SessionHandle, SessionStore } from "#server/broker/session-store.ts";

/**
 * The store of sessions, but for those that only enrol a device: they are neither stored nor routed
 * to, so that no message of the tenant ever reaches them, and nothing of them outlives the connection.
 */
export function withFleetingEnrolment(store: SessionStore): SessionStore {
  let generation = 0;
  const isFleeting = ({ owner }: Pick<SessionHandle, "owner">): boolean =>
    owner.kind === "enrolment";
  return {
    open: async (request) => {
      if (!isFleeting(request)) return store.open(request);
      generation += 1;
      return { ...nothing, generation };
    },
    subscribe: async (handle, subscriptions) =>
      isFleeting(handle)
        ? { isNew: subscriptions.map(() => true) }
        : store.subscribe(handle, subscriptions),
    unsubscribe: async (handle, filters) =>
      isFleeting(handle) ? filters.map(() => true) : store.unsubscribe(handle, filters),
    enqueue: async (handle, messages) =>
      isFleeting(handle) ? messages.map(() => undefined) : store.enqueue(handle, messages),
    page: async (handle, afterSeq) =>
      isFleeting(handle) ? { queued: [], more: false } : store.page(handle, afterSeq),
    release: async (handle, seq) => isFleeting(handle) || store.release(handle, seq),
    done: (handle, seqs) => {
      if (!isFleeting(handle)) store.done(handle, seqs);
    },
    forgetInbound: async (handle, packetId) =>
      isFleeting(handle) || store.forgetInbound(handle, packetId),
    close: async (handle, request) => {
      if (!isFleeting(handle)) await store.close(handle, request);
    },
    retained: (tenantId, filter, limit) => store.retained(tenantId, filter, limit),
  };
}

const nothing: Omit<OpenedSession, "generation"> = {
  id: undefined,
  present: false,
  subscriptions: [],
  inbound: [],
  queued: [],
  more: false,
  lastSeq: 0n,
  orphanedWill: undefined,
};
