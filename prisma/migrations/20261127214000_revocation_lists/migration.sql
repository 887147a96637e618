-- OCSP asks for certificates by serial.
CREATE INDEX certificate_serial_idx ON certificate (serial) WHERE serial <> '';
-- The outbox of revocations that no list names yet.
CREATE INDEX certificate_revocation_unlisted_idx ON certificate_revocation (position)
  WHERE crl_number IS NULL AND released_at IS NULL;
