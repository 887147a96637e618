-- Where a device is, as it says itself: a job of the worker takes it from the newest telemetry.
GRANT UPDATE (latitude, longitude, location_source, location_at) ON device TO quayside_ingest;
