# Texts (.po, compiled by msgfmt) and assets, compiled into rowan_pages. A room's texts/*.po and assets/* come along by themselves.
file(GLOB_RECURSE catalogue_sources CONFIGURE_DEPENDS */texts/*.po */*/texts/*.po)
set(catalogue_folder ${CMAKE_CURRENT_BINARY_DIR}/catalogues)
set(catalogues "")
if(ROWAN_MSGFMT)
  foreach(source IN LISTS catalogue_sources)
    file(RELATIVE_PATH name ${CMAKE_CURRENT_SOURCE_DIR} ${source})
    string(REGEX REPLACE "\\.po$" ".mo" name ${name})
    get_filename_component(folder ${catalogue_folder}/${name} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${catalogue_folder}/${name}
      COMMAND ${ROWAN_MSGFMT} --check-format --check-header -o ${catalogue_folder}/${name} ${source}
      DEPENDS ${source} VERBATIM)
    list(APPEND catalogues ${catalogue_folder}/${name})
  endforeach()
elseif(catalogue_sources)
  message(WARNING "msgfmt (gettext) was not found: pages and mails will be in English only")
endif()
rowan_embed(rowan_pages catalogue_files ${catalogue_folder} ${catalogues})

file(GLOB_RECURSE assets CONFIGURE_DEPENDS */assets/*.css */assets/*.js */assets/*.svg */*/assets/*.css */*/assets/*.js */*/assets/*.svg)
rowan_embed(rowan_pages asset_files ${CMAKE_CURRENT_SOURCE_DIR} ${assets})

# The test of the catalogues reads what the rooms' code says, so that a new room needs no list of its sentences.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/pages/catalogue_test.cpp PROPERTIES
  COMPILE_DEFINITIONS "ROWAN_SOURCE_FOLDER=\"${CMAKE_CURRENT_SOURCE_DIR}\"")
