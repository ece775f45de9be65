# Build: docker build -t tiendo .      (BuildKit, the default builder since Docker 23)

FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
# The cache mounts keep what cargo has fetched and compiled between builds: a change in src/ compiles this crate alone.
# It is always compiled: cargo goes by the time of a file, and an older checkout must not get a newer binary.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    touch src/main.rs src/lib.rs \
    && cargo build --profile dist --locked --bin tiendo \
    && cp target/dist/tiendo /usr/local/bin/tiendo

FROM debian:bookworm-slim
# An SQLite file belongs in /var/lib/tiendo, the only folder that the service may write.
RUN groupadd --gid 10001 tiendo \
    && useradd --uid 10001 --gid tiendo --home-dir /var/lib/tiendo --no-create-home --shell /usr/sbin/nologin tiendo \
    && install --directory --owner=tiendo --group=tiendo --mode=0750 /var/lib/tiendo
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/bin/tiendo /usr/local/bin/tiendo
# `tiendo load plans/…` works as it is written in the documentation.
WORKDIR /opt/tiendo
COPY plans/ plans/

USER 10001:10001
# Inside a container the loopback address is of no use; who may reach the port is decided where it is published.
# The C library would keep a store of memory for each thread: see docs/operate.md.
ENV TIENDO_LISTEN=0.0.0.0:8080 MALLOC_ARENA_MAX=2
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["tiendo", "health"]
ENTRYPOINT ["tiendo"]
CMD ["serve"]
