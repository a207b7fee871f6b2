# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
# The bundled SQLite and ring are the only C in the graph.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN cargo build --locked --profile dist

FROM debian:bookworm-slim
# The roots that Postgres' certificate is verified against.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 passbook \
    && useradd --uid 10001 --gid 10001 --create-home --home-dir /home/passbook passbook
COPY --from=build /build/target/dist/passbook /usr/local/bin/passbook
USER 10001:10001
WORKDIR /home/passbook
ENV PORT=8001
EXPOSE 8001
# SIGTERM stops it within ten seconds, the open account transaction finished.
STOPSIGNAL SIGTERM
ENTRYPOINT ["passbook"]
CMD ["--serve"]
