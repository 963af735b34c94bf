# Built in two steps: the program alone goes into an image with nothing else in it.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/bloghorn ./server && mkdir /out/data

FROM scratch
# The certificates are what outgoing https is checked against.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/bloghorn /bloghorn
# Everything that is written is in /data; the rest may be mounted read-only.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV BLOGHORN_DATA_DIR=/data BLOGHORN_LISTEN=0.0.0.0:8484
VOLUME /data
EXPOSE 8484
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/bloghorn", "healthcheck"]
ENTRYPOINT ["/bloghorn"]
CMD ["serve"]
