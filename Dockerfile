# The agent and the command line in one image, run by a user without rights. Every RUN line calls a script of bin/,
# and bin/image-rehearse performs this file without an engine.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN bin/image-build

FROM eclipse-temurin:25-jre
WORKDIR /opt/latchkey
COPY --from=build --chown=65532:65532 /src/target/image .
COPY --from=build --chown=65532:65532 /src/target/image/state /var/lib/latchkey
COPY --from=build --chown=65532:65532 /src/target/image/state /run/latchkey
USER 65532:65532
RUN bin/image-train
ENV PATH="/opt/latchkey/bin:$PATH"
ENTRYPOINT ["/opt/latchkey/bin/latchkey"]
CMD ["--help"]
