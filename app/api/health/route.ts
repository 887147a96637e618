/** Whether this process answers; what it depends on is told at METRICS_PORT's /readyz. */
export function GET(): Response {
  return Response.json({ ok: true }, { headers: { "cache-control": "no-store" } });
}
