-- A device moves to another organisation for whoever presents its code. Row-level security keeps
-- organisations apart, so what must be done on both sides is done here, for the hash of a valid code
-- and for nothing else. Both functions work as the owner, who is bound by the forced policies too.
CREATE POLICY owner_transfer ON device_transfer TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY owner_own ON tenant FOR SELECT TO CURRENT_USER USING (id = app_tenant());
CREATE POLICY owner_insert ON device FOR INSERT TO CURRENT_USER WITH CHECK (tenant_id = app_tenant());
CREATE POLICY owner_change ON device FOR UPDATE TO CURRENT_USER
  USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE POLICY owner_move ON certificate FOR UPDATE TO CURRENT_USER
  USING (tenant_id = app_tenant()) WITH CHECK (true);
CREATE POLICY owner_secret ON device_credential FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner_move ON device_credential FOR UPDATE TO CURRENT_USER
  USING (tenant_id = app_tenant()) WITH CHECK (true);

-- What a code stands for; no row for one that is wrong, used, withdrawn or too old. The offer stays
-- locked until the transaction ends, so that of two who claim it one waits and then finds nothing.
CREATE FUNCTION find_device_offer(presented bytea)
RETURNS TABLE (offer_id uuid, from_tenant uuid, from_name text, device_uuid uuid, device_key bigint,
  device_id text, device_name text, serial text, manufacturer text, model text, kind text,
  expires_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  caller text := coalesce(current_setting('app.tenant', true), '');
  offer device_transfer%ROWTYPE;
BEGIN
  SELECT t.* INTO offer FROM device_transfer t
    WHERE t.code_hash = presented AND t.state = 'offered'
      AND (t.expires_at IS NULL OR t.expires_at > now())
    FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('app.tenant', offer.tenant_id::text, true);
  RETURN QUERY SELECT offer.id, offer.tenant_id, o.name, d.id, d.key, d.device_id, d.name, d.serial,
      d.manufacturer, d.model, offer.kind, offer.expires_at
    FROM device d JOIN tenant o ON o.id = d.tenant_id
    WHERE d.tenant_id = offer.tenant_id AND d.id = offer.device_uuid AND d.state = 'active';
  PERFORM set_config('app.tenant', caller, true);
END $$;

-- Moves the device of a valid code to the organisation of the transaction: id, serial and UUID, and
-- what opens the listener for it. What was measured stays where it was, under the old row. No row
-- comes back when there is nothing to move.
CREATE FUNCTION take_device_offer(presented bytea, new_profile uuid, new_name text, taken_by text,
  taken_at timestamptz, credential_ids uuid[], sealed_keys bytea[])
RETURNS TABLE (left_as text, device_key bigint, certificates integer, credentials integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  taker uuid := app_tenant();
  offer device_transfer%ROWTYPE;
  old device%ROWTYPE;
  number integer;
  left_id uuid := gen_random_uuid();
BEGIN
  SELECT t.* INTO offer FROM device_transfer t
    WHERE t.code_hash = presented AND t.state = 'offered'
      AND (t.expires_at IS NULL OR t.expires_at > now())
    FOR UPDATE;
  IF NOT FOUND OR taker IS NULL OR offer.tenant_id = taker THEN RETURN; END IF;

  PERFORM set_config('app.tenant', offer.tenant_id::text, true);
  SELECT d.* INTO old FROM device d
    WHERE d.tenant_id = offer.tenant_id AND d.id = offer.device_uuid AND d.state = 'active'
    FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM set_config('app.tenant', taker::text, true);
    RETURN;
  END IF;

  SELECT count(*) + 1 INTO number FROM device_transfer t
    WHERE t.device_id = old.device_id AND t.state = 'accepted' AND t.accepted_tenant_id <> t.tenant_id;
  LOOP
    left_as := left(old.device_id, 110) || '.transferred-' || number;
    BEGIN
      UPDATE device d SET device_id = left_as, state = 'decommissioned', decommissioned_at = taken_at,
          gateway_id = NULL
        WHERE d.tenant_id = offer.tenant_id AND d.id = old.id;
      EXIT;
    EXCEPTION WHEN unique_violation THEN
      number := number + 1;
      IF number > 1000 THEN RAISE; END IF;
    END;
  END LOOP;
  -- Devices behind it stay: a gateway that goes takes nobody along.
  UPDATE device d SET gateway_id = NULL WHERE d.tenant_id = offer.tenant_id AND d.gateway_id = old.id;

  PERFORM set_config('app.tenant', taker::text, true);
  INSERT INTO device (tenant_id, id, device_id, name, profile_id, state, serial, manufacturer, model,
      hardware_revision, created_by, created_at)
    VALUES (taker, old.id, old.device_id, coalesce(new_name, old.name), new_profile, 'active',
      old.serial, old.manufacturer, old.model, old.hardware_revision, taken_by, taken_at)
    RETURNING key INTO device_key;

  PERFORM set_config('app.tenant', offer.tenant_id::text, true);
  UPDATE certificate c SET tenant_id = taker
    WHERE c.tenant_id = offer.tenant_id AND c.device_id = old.id AND c.state <> 'revoked';
  GET DIAGNOSTICS certificates = ROW_COUNT;
  IF EXISTS (SELECT FROM device_credential c
      WHERE c.tenant_id = offer.tenant_id AND c.device_id = old.id AND c.revoked_at IS NULL
        AND c.sealed_key IS NOT NULL AND NOT c.id = ANY (credential_ids)) THEN
    RAISE EXCEPTION 'a sealed key was not sealed anew';
  END IF;
  UPDATE device_credential c
    SET tenant_id = taker,
      sealed_key = CASE WHEN c.sealed_key IS NULL THEN NULL
        ELSE sealed_keys[array_position(credential_ids, c.id)] END
    WHERE c.tenant_id = offer.tenant_id AND c.device_id = old.id AND c.revoked_at IS NULL;
  GET DIAGNOSTICS credentials = ROW_COUNT;
  -- The UUID is the device's, and it may come back one day.
  UPDATE device d SET id = left_id WHERE d.tenant_id = offer.tenant_id AND d.id = old.id;
  UPDATE device_transfer t SET state = 'withdrawn'
    WHERE t.tenant_id = offer.tenant_id AND t.device_uuid = old.id AND t.state = 'offered'
      AND t.id <> offer.id;
  UPDATE device_transfer t SET state = 'accepted', accepted_at = taken_at, accepted_by = taken_by,
      accepted_tenant_id = taker
    WHERE t.tenant_id = offer.tenant_id AND t.id = offer.id;
  UPDATE device_transfer t SET device_uuid = left_id
    WHERE t.tenant_id = offer.tenant_id AND t.device_uuid = old.id;

  PERFORM set_config('app.tenant', taker::text, true);
  RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION find_device_offer(bytea),
  take_device_offer(bytea, uuid, text, text, timestamptz, uuid[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_device_offer(bytea),
  take_device_offer(bytea, uuid, text, text, timestamptz, uuid[], bytea[]) TO quayside_app;
