# Wenju with what several processes need: Milvus and PostgreSQL. See docs/deployment.md.
FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY rag ./rag
COPY api ./api
COPY ui ./ui
# The processor's build of torch: the registry's other ones bring gigabytes for graphics cards.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
        ".[milvus-server,postgres,mcp]" \
    && wenju setup
RUN useradd --create-home wenju && install -d -o wenju /data
USER wenju
ENV WENJU_INDEXES=/data/indexes WENJU_AUDIT=-
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=120s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz')"]
CMD ["wenju", "serve", "--host", "0.0.0.0", "--port", "8000"]
