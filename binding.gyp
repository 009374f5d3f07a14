{
  "variables": {
    "native_check%": 0
  },
  "target_defaults": {
    "include_dirs": ["native"],
    "defines": ["NAPI_VERSION=9"],
    # Each operation rounds by itself: no contraction into fused operations but where the source says fma.
    "cflags_cc": [
      "-std=c++17", "-O3", "-Wall", "-Wextra", "-Wno-psabi", "-fPIC", "-fno-exceptions", "-fno-rtti",
      "-fwrapv", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"
    ],
    "xcode_settings": {
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "GCC_OPTIMIZATION_LEVEL": "3",
      "OTHER_CPLUSPLUSFLAGS": ["-fwrapv", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
    },
    "conditions": [
      ["native_check==1", {
        "defines": ["JACOBI_CHECK"],
        "cflags_cc": ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g"],
        "ldflags": ["-fsanitize=address,undefined"]
      }]
    ]
  },
  "targets": [
    {
      "target_name": "jacobi",
      "sources": ["native/addon.cc", "native/memory.cc", "native/process.cc", "native/output.cc", "native/heap.cc"],
      "dependencies": ["jacobi_loops"]
    },
    {
      # Everything that knows numbers only; tensor/backend/native.test.ts links it without Node.
      "target_name": "jacobi_loops",
      "type": "static_library",
      "sources": [
        "native/dispatch.cc", "native/elementwise.cc", "native/reduce.cc", "native/linalg.cc",
        "native/loops_base.cc", "native/gemm_base.cc"
      ],
      "conditions": [
        ["target_arch=='x64'", {"dependencies": ["jacobi_avx2", "jacobi_avx512"]}]
      ]
    }
  ],
  "conditions": [
    # One library per instruction set, so that each has its own flags and nothing else is compiled with them.
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "jacobi_avx2",
          "type": "static_library",
          "sources": ["native/loops_avx2.cc", "native/gemm_avx2.cc"],
          "cflags_cc": ["-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-mavx2", "-mfma"]}
        },
        {
          "target_name": "jacobi_avx512",
          "type": "static_library",
          "sources": ["native/loops_avx512.cc", "native/gemm_avx512.cc"],
          "cflags_cc": ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"],
          "xcode_settings": {
            "OTHER_CPLUSPLUSFLAGS": ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"]
          }
        }
      ]
    }]
  ]
}
