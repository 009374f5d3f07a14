{
  "targets": [
    {
      "target_name": "jacobi",
      "sources": ["native/addon.cc", "native/process.cc"],
      "include_dirs": ["native"],
      "defines": ["NAPI_VERSION=9"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++17", "-O3", "-Wall", "-Wextra"]
    }
  ]
}
