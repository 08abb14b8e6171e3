# Serves the app, here or as a Docker Space: port 7860, user 1000, nothing written but /tmp and /data.
FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    HF_HOME=/tmp/huggingface \
    GRADIO_TEMP_DIR=/tmp/gradio \
    GRADIO_ANALYTICS_ENABLED=False

RUN useradd --create-home --uid 1000 user \
    && install --directory --owner=user /data
WORKDIR /home/user/app

# What changes least comes first, so that a change to the code installs nothing again.
COPY locks/serving.txt locks/serving.txt
RUN pip install --no-cache-dir --no-compile --require-hashes -r locks/serving.txt

COPY . .
# Compile what the app imports, and only that: the file system may be read-only later.
RUN python -c "import app"

USER user
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/', timeout=4)"]
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]
