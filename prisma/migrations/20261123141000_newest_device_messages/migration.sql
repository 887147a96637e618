-- A device's newest states, events and logs by index: a view's barrier would keep ORDER BY … LIMIT from using it.
-- Of each payload no more than a list shows.
CREATE FUNCTION telemetry.newest_device_messages(device bigint, most integer, shown_bytes integer)
RETURNS TABLE (ts timestamptz, received_at timestamptz, channel text, payload bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.device d WHERE d.key = device AND d.tenant_id = public.app_tenant()) THEN
    RETURN;
  END IF;
  -- Literals, so that the plan knows how few rows are wanted.
  RETURN QUERY EXECUTE format('SELECT m.ts, m.received_at, m.channel, substr(m.payload, 1, %s)
    FROM telemetry.device_message m WHERE m.device_key = %s ORDER BY m.received_at DESC LIMIT %s',
    least(shown_bytes, 65536), device, least(most, 1000));
END $$;
REVOKE ALL ON FUNCTION telemetry.newest_device_messages(bigint, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.newest_device_messages(bigint, integer, integer) TO quayside_app;
