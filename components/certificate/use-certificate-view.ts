"use client";
import { usePathname, useSearchParams } from "next/navigation";
import {
  certificateViewFromParams,
  certificateViewToParams,
  type CertificateFilter,
  type CertificateView,
} from "#server/domain/certificate-filter.ts";

/** The state of the inventory's table, held by the address so that a link or a reload brings it back. */
export function useCertificateView(): {
  readonly view: CertificateView;
  readonly setView: (view: CertificateView) => void;
  readonly setFilter: (change: Partial<CertificateFilter>) => void;
} {
  const path = usePathname();
  const view = certificateViewFromParams(useSearchParams());
  function setView(next: CertificateView) {
    const query = certificateViewToParams(next).toString();
    window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
  }
  return {
    view,
    setView,
    setFilter: (change) => setView({ ...view, filter: { ...view.filter, ...change } }),
  };
}
